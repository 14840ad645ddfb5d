"""The Messages page's parts: headings with counts, whom the messages are for, and each with its words and its acts."""

from typing import Any

import streamlit as st

from dashboard.core.messages import Failure, Kind, Party, State, composed
from dashboard.core.permissions import Personal
from dashboard.services import messages
from dashboard.services.messages import TABS, Inbox, Line
from dashboard.text import known
from dashboard.ui import desk_notices, inbox_bulk, show
from dashboard.ui.act import act
from dashboard.ui.deeds import deed
from dashboard.ui.link_buttons import origin
from dashboard.ui.plain import plain
from dashboard.ui.reveal import reveal
from dashboard.ui.session import language, t

EVERYBODY = ""
#: Session keys of the links made on this page: shown until the session ends, kept nowhere else.
_LINK = "messages.link_of"
COLOURS = {
    Kind.OFFERED: "orange",
    Kind.ACCEPTED: "blue",
    Kind.ASKED_TO_RATE: "green",
    Kind.DONE: "green",
    Kind.CANCELLED: "red",
    Kind.TAKEN_OVER: "red",
    Kind.HANDED_OVER: "blue",
    Kind.TOOK_OVER: "blue",
    Kind.KEPT: "orange",
}


def tab() -> str:
    """Waiting, sent, failed, or no longer needed; or what the desk itself is told."""
    names = {name: t(f"messages.tab_{name}") for name in TABS} | {desk_notices.TAB: t("notices.tab")}
    # Another page may have said what is wanted; a default beside that would be said to be wrong.
    st.session_state.setdefault("messages.tab", "waiting")
    chosen = st.segmented_control(
        t("messages.tab"),
        list(names),
        required=True,
        format_func=names.__getitem__,
        key="messages.tab",
        label_visibility="collapsed",
        on_change=_first_page,
    )
    return str(chosen)


def wanted(which: str) -> dict[str, Any]:
    """Whom the messages are for, and the page, as values for the question."""
    names = {EVERYBODY: t("messages.party_any")} | {str(party): t(f"messages.party_{party}") for party in Party}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        party = st.selectbox(
            t("messages.party"),
            list(names),
            format_func=names.__getitem__,
            key="messages.party",
            on_change=_first_page,
            width=240,
        )
        inbox_bulk.switch(which)
    page = max(int(st.session_state.get("messages.page", 1)) - 1, 0)
    return {"tab": which, "party": Party(party) if party else None, "page": page}


def listed(which: str, found: Inbox) -> None:
    """The messages, or in words that there are none."""
    inbox_bulk.result()
    st.caption(t("messages.counts", **{name: show.number(language(), count) for name, count in found.counts.items()}))
    if not found.total:
        st.info(t(f"messages.none_{which}"), icon=":material/mark_email_read:")
        return
    if which == "waiting":
        st.caption(t("messages.lead"))
    inbox_bulk.bar(which, found.rows)
    for line in found.rows:
        with st.container(border=True, key=f"messages.line.{line.told.id}"):
            _head(line, ticks=inbox_bulk.ticks(which, line))
            _words(line)
            _acts(line)
    pages = -(-found.total // messages.PAGE_ROWS)
    if pages > 1:
        st.pagination(pages, key="messages.page")


def _head(line: Line, *, ticks: bool) -> None:
    told = line.told
    with st.container(horizontal=True, vertical_alignment="center"):
        if ticks:
            inbox_bulk.tick(line)
        kind = told.facts.kind
        st.badge(t(f"messages.kind.{kind}"), color=COLOURS.get(kind, "gray"))  # type: ignore[arg-type]
        phone = told.phone or t("messages.no_phone")
        st.markdown(f"**{plain(t(f'messages.to_{told.facts.party}', name=told.name, phone=phone))}**", width="content")
        if told.person_id is not None:
            reveal(told.person_id, key=f"messages.reveal.{told.id}", fields=(Personal.NAME, Personal.PHONE))
    st.caption(plain(_history(line), 300))


def _history(line: Line) -> str:
    """When it was made, how and when it went out, what went wrong."""
    told = line.told
    made = show.datetime_(language(), told.created_at)
    if told.state in (State.SENT, State.COPIED):
        sent = show.datetime_(language(), told.sent_at)
        return t("messages.made_sent", made=made, sent=sent, how=t(f"messages.how_{told.state}"))
    said = [t("messages.made", when=made)]
    if told.last_error:
        key = f"messages.failure.{told.last_error}"
        said.append(t(key) if known(key) else t("messages.failure.other", code=told.last_error))
    if told.tries:
        said.append(t("messages.tried", tries=told.tries))
    return " · ".join(said)


def _words(line: Line) -> None:
    """The words with a button to copy them; where they are no longer true, that instead."""
    if line.outdated or line.told.state is State.DROPPED:
        st.text(t("messages.outdated"))
        return
    if line.told.state is State.SENDING:
        st.text(t("messages.stuck" if line.stuck else "messages.sending"))
    made = st.session_state.get(f"{_LINK}.{line.told.id}")
    link = made and f"{origin()}/r/{made['token']}"
    st.code(composed(line.told.facts, t, link), language=None, wrap_lines=True)


def _acts(line: Line) -> None:
    told = line.told
    with st.container(horizontal=True, key=f"messages.acts.{told.id}"):
        if told.state in (State.WAITING, State.FAILED) and not line.outdated:
            _act(line, "copied", messages.mark_copied, "copied", ":material/check:", main=True)
            _add_link(line)
        elif line.outdated:
            _act(line, "let_go", messages.let_go, "let_go", ":material/done_all:")
        if told.state in (State.WAITING, State.SENT, State.COPIED) and not line.outdated:
            for failure in (Failure.UNREACHED, Failure.WRONG_NUMBER):
                _act(line, str(failure), messages.mark_failed, "failed", ":material/error:", failure=str(failure))
        if (told.state is State.FAILED and not line.outdated) or line.stuck:
            _act(line, "retry", messages.retry, "retry", ":material/replay:")


def _add_link(line: Line) -> None:
    """A short link into the words, where the message asks for an answer or shows how the order stands."""
    wanted = messages.link_wanted(line.told)
    key = f"{_LINK}.{line.told.id}"
    if wanted is None or key in st.session_state:
        return
    make, values = wanted
    # No idempotency key: what is kept under one would keep the token.
    st.button(
        t("messages.act.link"),
        key=f"messages.link.{line.told.id}",
        icon=":material/add_link:",
        type="tertiary",
        on_click=act,
        args=(make,),
        kwargs={"keep": key, "done": "messages.done.link", **values},
    )


def _act(line: Line, name: str, command: Any, done: str, icon: str, *, main: bool = False, **values: Any) -> None:
    deed(
        t(f"messages.act.{name}"),
        command,
        key=f"messages.{name}.{line.told.id}",
        done=f"messages.done.{done}",
        icon=icon,
        kind="primary" if main else "tertiary",
        message_id=line.told.id,
        **values,
    )


def _first_page() -> None:
    st.session_state["messages.page"] = 1
