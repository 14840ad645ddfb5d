"""Who is signed in, asked again in every run and every fragment, and the words in her language.

The browser's cookie is the only thing that counts: nothing about rights is kept in `session_state`, which whoever holds
a Streamlit session id could resume. Pages ask `guard(Action.X)` first.

Tests have no browser and can't set cookies. They put a token, made by `services.signins` as for a browser, in place
with `stand_in(token)`; it is looked up like any other. The hook is a variable of this module, which no request can
reach, and is heeded only while Streamlit's own test runner runs the script.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import NoReturn

import streamlit as st
from streamlit import config

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Action, Actor
from dashboard.services import accounts, signins, store
from dashboard.services.commands import perform
from dashboard.services.signins import SignedIn
from dashboard.text import LANGUAGES, text
from db.engine import Database

COOKIE = "dashboard_session"
FRONT_DOOR = "DASHBOARD_FRONT_DOOR"
_OWNER = "session.account"
#: Not a right, so it may wait here between look-ups: every `t()` needs it.
_LANGUAGE = "session.language"
#: The browser is sent on at once; the button is there for one that runs no script.
_TO_SIGN_IN = "<script>window.top.location.replace('/signin')</script>"

_stand_in: str | None = None
#: The language of words that are made outside a page's run, see `in_language`.
_TONGUE: ContextVar[str | None] = ContextVar("tongue", default=None)


@contextmanager
def stand_in(token: str) -> Iterator[None]:
    """For tests: AppTest scripts within this block run as the holder of `token`."""
    global _stand_in
    before, _stand_in = _stand_in, token
    try:
        yield
    finally:
        _stand_in = before


def open_front_door() -> None:
    """Said once by the server that has the gate in front. Without it no page shows anything."""
    os.environ[FRONT_DOOR] = str(os.getpid())


def behind_front_door() -> bool:
    """Does this process serve through the gate (or run a test)? Plain `streamlit run dashboard/app.py` doesn't."""
    return _tested() or os.environ.get(FRONT_DOOR) == str(os.getpid())


def _tested() -> bool:
    return bool(config.get_option("global.appTest"))


def _token() -> str | None:
    """The one place that reads the browser's cookie."""
    if _tested():
        return _stand_in
    return st.context.cookies.get(COOKIE)


def database() -> Database:
    """The database this process works on."""
    return store.database()


def signed_in() -> SignedIn | None:
    """Who is signed in at this moment, None for nobody. Empties the tab when it now belongs to another account."""
    if not behind_front_door():
        return None
    found = signins.lookup(database(), _token(), datetime.now(UTC))
    owner = found.actor.account_id if found else None
    if st.session_state.get(_OWNER, owner) != owner:
        st.session_state.clear()
    if found is not None:
        st.session_state[_OWNER] = owner
        st.session_state[_LANGUAGE] = found.language
    return found


def actor() -> Actor:
    """Who acts. Ends the run with the way to the sign-in when nobody is signed in any more."""
    found = signed_in()
    if found is None:
        turn_away()
    return found.actor


def speak(tongue: str) -> None:
    """Switch one's language, for `on_click`. The account keeps it."""
    perform(database(), accounts.set_language, actor(), now=datetime.now(UTC), to=tongue)
    st.session_state[_LANGUAGE] = tongue


def sign_out() -> None:
    """End the session, for `on_click`; the run that follows finds nobody and leads to the sign-in."""
    signins.sign_out(database(), _token(), now=datetime.now(UTC))


def turn_away() -> NoReturn:
    """Say why nothing is shown and end the run."""
    if not behind_front_door():
        for tongue in LANGUAGES:
            st.error(text(tongue, "app.no_front_door"))
        st.stop()
    tongue = st.session_state.get(_LANGUAGE, LANGUAGES[0])
    st.session_state.clear()
    st.warning(text(tongue, "app.signed_out"))
    st.link_button(text(tongue, "app.sign_in_again"), "/signin", type="primary")
    st.html(_TO_SIGN_IN, unsafe_allow_javascript=True)
    st.stop()


def guard(action: Action) -> Actor:
    """The actor, if her role allows the action; otherwise the page ends with a sentence."""
    who = actor()
    if not who.may(action):
        st.error(t("permissions.page", role=t(f"words.role.{who.role}")), icon=":material/lock:")
        st.stop()
    return who


@contextmanager
def in_language(tongue: str) -> Iterator[None]:
    """Words for an answer by URL: no page runs there, so the reader's language is said by the address."""
    before = _TONGUE.set(tongue)
    try:
        yield
    finally:
        _TONGUE.reset(before)


def language() -> str:
    """The reader's language, "zh" or "en"; Chinese for nobody."""
    said = _TONGUE.get()
    if said in LANGUAGES:
        return said
    if _LANGUAGE not in st.session_state:
        signed_in()
    found = st.session_state.get(_LANGUAGE)
    return found if found in LANGUAGES else LANGUAGES[0]


def t(key: str, **values: object) -> str:
    """The sentence of a key in the reader's language."""
    return text(language(), key, **values)


def sentence(error: DashboardError) -> str:
    """A refusal in the reader's words."""
    return t(error.key, **error.values)
