"""A solve under way: its step in words, how far it is, how long it takes, and a way to stop it."""

import streamlit as st

from dashboard.services.match_jobs import STEPS, JobStatus
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


@st.fragment(run_every=EVERY)
def progress() -> None:
    """Looks again and again; when the job is over the whole page runs and shows the plan."""
    found = draft.job()
    if found is None:
        st.rerun()
    step = found.step if found.step in STEPS else "solve"
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
        st.progress(share(step, found.done, found.total))
        st.caption(t("match_page.meanwhile"))


def _counted(found: JobStatus) -> str:
    seconds = t("jobs.seconds", seconds=show.number(language(), found.seconds, 1))
    if not found.total:
        return seconds
    done = t("jobs.done_of", done=show.number(language(), found.done), total=show.number(language(), found.total))
    return f"{done} · {seconds}"


def share(step: str, done: int, total: int) -> float:
    """How far a job is, 0 to 1."""
    before = max((_OVER_AT[name] for name in STEPS[: STEPS.index(step)]), default=0.0)
    return before + (_OVER_AT[step] - before) * (min(done / total, 1.0) if total else 0.0)
