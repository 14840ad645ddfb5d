"""A job under way: what it is at, how far it is, and a way to stop it."""

from collections.abc import Callable

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services import jobs
from dashboard.services.jobs import JobStatus
from dashboard.ui.act import notify
from dashboard.ui.session import actor, t

#: Seconds between two looks.
EVERY = 0.5


@st.fragment(run_every=EVERY)
def bar(kind: str, words: Callable[[JobStatus], str], lead: str, *, key: str) -> None:
    """Looks again and again at the reader's own newest job of this kind; when it is over the whole page runs. `lead`
    says what a stop means."""
    one = jobs.mine(actor(), kind)
    if one is None or one.state != "running":
        st.rerun()
    with st.container(border=True, key=f"{key}.progress"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words(one)}**", width="content")
            st.space("stretch")
            st.button(
                t("jobs.stop"), key=f"{key}.stop", icon=":material/stop_circle:", on_click=_stop, args=(one.job_id,)
            )
        st.progress(min(one.done / one.total, 1.0) if one.total else 0.0)
        st.caption(lead)


def _stop(job_id: str) -> None:
    who = actor()
    try:
        jobs.cancel(job_id, who)
        jobs.wait(job_id, who, jobs.MOMENT)
    except DashboardError as error:
        notify("error", error.key, **error.values)
