"""What the desk is told without having asked: a count in every page's heading, and the list on the page Messages."""

from pathlib import Path

import streamlit as st

from dashboard.core.notices import Kind
from dashboard.core.permissions import Action
from dashboard.services import notices
from dashboard.services.notices import Line
from dashboard.ui import need_links, show
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, language, t

#: The choice of the page Messages that shows the list.
TAB = "desk"
_PAGES = Path(__file__).resolve().parents[2] / "pages"
_COLOURS = {Kind.VISIT_GAP: "red", Kind.MEAL_GAP: "red", Kind.DUTY_GAP: "red"}
#: The view of the page Rounds on which a gap without a need is closed.
_VIEWS = {Kind.VISIT_GAP: "series", Kind.MEAL_GAP: "meals", Kind.DUTY_GAP: "rotas"}


def bell() -> None:
    """How many wait, as a way to them; nothing where nothing waits."""
    if not actor().may(Action.RECORD_SERVICE):
        return
    count = show.number(language(), len(found)) if (found := ask(notices.open_notices)) else ""
    if count and st.button(
        t("notices.bell", count=count),
        key="app.notices",
        icon=":material/notifications_active:",
        type="tertiary",
        help=t("notices.bell_help", count=count),
    ):
        st.session_state["messages.tab"] = TAB
        st.switch_page(_PAGES / "messages.py")


def listed() -> None:
    """The notices, newest first, or in words that there are none."""
    found = ask(notices.open_notices)
    if not found:
        st.success(t("notices.none"), icon=":material/task_alt:")
        return
    st.caption(t("notices.lead"))
    for line in found:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"notices.line.{line.id}", gap="small"
        ):
            _words(line)
            st.space("stretch")
            _way(line)
            deed(
                t("notices.seen"),
                notices.close,
                key=f"notices.close.{line.id}",
                done="notices.closed_now",
                icon=":material/check:",
                kind="tertiary",
                notice_id=line.id,
            )
    if len(found) == notices.SHOWN:
        st.caption(t("notices.more", count=show.number(language(), notices.SHOWN)))


def _words(line: Line) -> None:
    when = "" if line.start is None or line.end is None else show.span(language(), line.start, line.end)
    st.badge(t(f"notices.kind.{line.kind}"), color=_COLOURS.get(line.kind, "orange"))  # type: ignore[arg-type]
    made = t("notices.made", when=show.datetime_(language(), line.created_at))
    words = plain(t(f"notices.words.{line.kind}", subject=line.subject, when=when), 300)
    small = " · ".join(part for part in (line.code, made) if part)
    st.markdown(f"{words}  \n:small[:gray[{plain(small)}]]", width="content")


def _way(line: Line) -> None:
    """To where it is settled."""
    place = f"notices.{line.id}"
    if line.kind is Kind.HOURS_HELD:
        if st.button(t("notices.decide"), key=f"notices.hours.{line.id}", icon=":material/gavel:"):
            st.session_state["hours.view"] = "held"
            st.switch_page(_PAGES / "hours.py")
    elif line.need_id is None:
        if st.button(t("notices.rounds"), key=f"notices.rounds.{line.id}", icon=":material/event_repeat:"):
            st.session_state["rounds.view"] = _VIEWS[line.kind]
            st.switch_page(_PAGES / "rounds.py")
    elif line.kind is Kind.VISIT_GAP and actor().may(Action.SEE_MATCH):
        need_links.go("match", line.need_id, t("notices.send"), icon=":material/person_search:", place=place)
    else:
        need_links.go("needs", line.need_id, t("notices.open"), icon=":material/list_alt:", place=place)
