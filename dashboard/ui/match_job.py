"""A solve or a sending under way: its step in words, how far it is, how long it takes, and a way to stop it."""

from collections.abc import Mapping

import streamlit as st

from dashboard.services.match_jobs import SENDING, JobStatus
from dashboard.ui import match_draft as draft
from dashboard.ui import show
from dashboard.ui.session import language, t

#: Seconds between two looks.
EVERY = 0.5
#: Share of the time each step is over at, roughly: the bar tells that something moves, not when it ends.
_OVER_AT = {
    "waiting": 0.02,
    "read": 0.30,
    "candidates": 0.45,
    "limits": 0.48,
    "solve": 0.55,
    "mend": 0.75,
    "prove": 0.92,
    "record": 1.0,
}
_SENDING_OVER_AT = {
    "waiting": 0.01,
    "gather": 0.04,
    "lock": 0.16,
    "basis": 0.54,
    "check": 0.64,
    "store": 0.97,
    "commit": 1.0,
}


@st.fragment(run_every=EVERY)
def progress() -> None:
    """Looks again and again; when the job is over the whole page runs and shows the plan."""
    found = draft.job()
    if found is None:
        st.rerun()
    sending = found.kind == SENDING
    over_at = _SENDING_OVER_AT if sending else _OVER_AT
    step = found.step if found.step in over_at else "solve"
    with st.container(border=True, key="match.job"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{t(f'match_jobs.step_{step}')}**", width="content")
            st.caption(_counted(found), width="content")
            st.space("stretch")
            st.button(
                t("jobs.stop"),
                key="match.cancel",
                icon=":material/stop_circle:",
                on_click=draft.cancel,
                args=(found.job_id,),
            )
        st.progress(share(over_at, step, found.done, found.total))
        st.caption(t("match_jobs.send_lead" if sending else "match_page.meanwhile"))


def _counted(found: JobStatus) -> str:
    seconds = t("jobs.seconds", seconds=show.number(language(), found.seconds, 1))
    if not found.total:
        return seconds
    done = t("jobs.done_of", done=show.number(language(), found.done), total=show.number(language(), found.total))
    return f"{done} · {seconds}"


def share(over_at: Mapping[str, float], step: str, done: int, total: int) -> float:
    """How far a job is, 0 to 1."""
    before = max((at for at in over_at.values() if at < over_at[step]), default=0.0)
    return before + (over_at[step] - before) * (min(done / total, 1.0) if total else 0.0)
