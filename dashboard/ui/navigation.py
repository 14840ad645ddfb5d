"""The pages, who sees which in the menu, and the frame around every page: title, sample mark, language, account.

The menu is a convenience; each page guards itself.
"""

from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.core.permissions import Action
from dashboard.services import accounts, frame
from dashboard.services.signins import SignedIn
from dashboard.ui import desk_notices
from dashboard.ui.act import act
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import sign_out, speak, t


class Entry(NamedTuple):
    """A page of the menu: the script in pages/, its icon, and the right that opens it."""

    name: str
    icon: str
    action: Action


#: The first is the front page; every role may open it.
ENTRIES: tuple[Entry, ...] = (
    Entry("map", ":material/map:", Action.SEE_MAP),
    Entry("needs", ":material/list_alt:", Action.SEE_NEEDS),
    Entry("match", ":material/person_search:", Action.SEE_MATCH),
    Entry("rounds", ":material/event_repeat:", Action.EDIT_NEED),
    Entry("messages", ":material/outbox:", Action.RECORD_SERVICE),
    Entry("teams", ":material/groups:", Action.SEE_TEAMS),
    Entry("hours", ":material/schedule:", Action.SEE_TEAMS),
    Entry("tie_out", ":material/balance:", Action.SEE_TEAMS),
    Entry("volunteers", ":material/badge:", Action.SEE_VOLUNTEERS),
    Entry("notebook", ":material/menu_book:", Action.RUN_QUERIES),
    Entry("imports", ":material/upload_file:", Action.IMPORT),
    Entry("rules", ":material/gavel:", Action.EDIT_RULES),
    Entry("accounts", ":material/manage_accounts:", Action.MANAGE_ACCOUNTS),
    Entry("audit", ":material/fact_check:", Action.SEE_AUDIT),
)


def menu(who: SignedIn) -> StreamlitPage:
    """The page asked for, under a menu of the reader's role along the top.

    The other pages are there too, unseen: whoever follows a link to one is told by its guard why it stays closed.
    """
    pages = [
        st.Page(
            f"../pages/{entry.name}.py",
            title=t(f"app.{entry.name}"),
            icon=entry.icon,
            url_path=entry.name,
            default=entry == ENTRIES[0],
            visibility="visible" if who.actor.may(entry.action) else "hidden",
        )
        for entry in ENTRIES
    ]
    return st.navigation(pages, position="top")


def heading(page: StreamlitPage, who: SignedIn) -> None:
    """The page's title, and beside it the sample's mark, the language switch and the account."""
    about = ask(frame.about)
    with st.container(horizontal=True, vertical_alignment="center", key="app.heading"):
        st.header(page.title, anchor=False, width="content")
        st.space("stretch")
        if about.sample:
            st.badge(t("app.sample_short"), icon=":material/science:", color="orange", help=t("app.sample"))
        desk_notices.bell()
        other = "en" if who.language == "zh" else "zh"
        st.button(
            t("app.language"),
            key="app.language",
            type="tertiary",
            help=t("app.language_help"),
            on_click=speak,
            args=(other,),
        )
        _account(who, about.place)


def _account(who: SignedIn, place: str) -> None:
    with st.popover(plain(who.actor.name, 12), icon=":material/account_circle:", key="app.account"):
        st.text(who.username)
        st.caption(f"{t(f'words.role.{who.actor.role}')} · {plain(place) or t('app.whole_county')}")
        st.button(t("app.own_password"), key="app.own_password", icon=":material/key:", width="stretch")
        st.button(t("app.sign_out"), key="app.sign_out", icon=":material/logout:", on_click=sign_out, width="stretch")
    if st.session_state["app.own_password"]:
        st.dialog(t("app.own_password"))(_own_password)()


def _own_password() -> None:
    st.text_input(t("accounts.old"), type="password", key="app.old_password", autocomplete="current-password")
    st.text_input(t("accounts.new_own"), type="password", key="app.new_password", autocomplete="new-password")
    st.caption(t("accounts.own_note"))
    st.button(t("accounts.save"), type="primary", key="app.save_password", on_click=_change_password)


def _change_password() -> None:
    old, new = st.session_state["app.old_password"], st.session_state["app.new_password"]
    act(accounts.change_own_password, done="app.done", old=old, new=new)
