"""Every page for every role: it opens, or says why not; the menu shows what the role may open; nobody sees nothing."""

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.text import text
from dashboard.ui.navigation import ENTRIES
from tests.pages.conftest import FRONT_DOOR, PATIENCE, Visit

PAGES = {entry.name: entry for entry in ENTRIES}
#: Said here again on purpose: a change of rights must change this table too.
OPENS = {
    Role.LEADER: {"map", "needs", "teams", "hours", "tie_out", "notebook"},
    Role.STATION_WORKER: {"map", "needs", "rounds", "messages", "teams", "hours", "tie_out", "volunteers"},
    Role.COORDINATOR: {
        "map",
        "needs",
        "match",
        "rounds",
        "messages",
        "teams",
        "hours",
        "tie_out",
        "volunteers",
        "notebook",
    },
    Role.ADMIN: {
        *("map", "needs", "match", "rounds", "messages", "teams", "hours", "tie_out", "volunteers"),
        *("notebook", "imports", "rules", "accounts", "audit"),
    },
}


@pytest.mark.parametrize(("role", "page"), list(itertools.product(Role, PAGES)))
def test_a_page_opens_for_the_roles_that_may_and_tells_the_others_why_not(role: Role, page: str, visit: Visit) -> None:
    shown = visit(page, role)
    assert [] == [error.message for error in shown.exception]
    assert [text("zh", f"app.{page}")] == [heading.value for heading in shown.header]
    refusal = text("zh", "permissions.page", role=text("zh", f"words.role.{role}"))
    assert (page in OPENS[role]) == (refusal not in [error.value for error in shown.error])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_speaks_english_too(page: str, visit: Visit) -> None:
    shown = visit(page, Role.ADMIN, language="en")
    assert [] == [error.message for error in shown.exception]
    assert [text("en", f"app.{page}")] == [heading.value for heading in shown.header]


@pytest.mark.parametrize("role", Role)
def test_the_menu_s_pages_are_those_of_the_role(role: Role) -> None:
    from dashboard.core.permissions import RIGHTS

    assert OPENS[role] & set(PAGES) == {entry.name for entry in ENTRIES if entry.action in RIGHTS[role]}


def test_every_page_script_is_in_the_menu() -> None:
    scripts = {path.stem for path in (FRONT_DOOR.parents[1] / "pages").glob("*.py")}
    assert scripts == set(PAGES)


def test_nobody_signed_in_sees_only_the_way_to_the_sign_in() -> None:
    shown = AppTest.from_file(str(FRONT_DOOR), default_timeout=PATIENCE).run()
    assert [text("zh", "app.signed_out")] == [warning.value for warning in shown.warning]
    assert not shown.header and not shown.dataframe and not shown.button


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asked_for_directly_by_nobody_shows_nothing(page: str) -> None:
    shown = AppTest.from_file(str(FRONT_DOOR.parents[1] / "pages" / f"{page}.py"), default_timeout=PATIENCE).run()
    assert [text("zh", "app.signed_out")] == [warning.value for warning in shown.warning]
    assert not shown.dataframe and not shown.button


def test_the_sample_says_so_on_every_page(visit: Visit) -> None:
    for page in PAGES:
        shown = visit(page, Role.ADMIN)
        assert any(text("zh", "app.sample_short") in words.value for words in shown.markdown), page


def test_the_language_switch_is_kept_by_the_account(visit: Visit) -> None:
    shown = visit("accounts", Role.ADMIN)
    shown.button(key="app.language").click().run()
    assert ["Accounts"] == [heading.value for heading in shown.header]
    again = AppTest.from_file(str(FRONT_DOOR), default_timeout=PATIENCE).run()
    assert ["Map"] == [heading.value for heading in again.header]


def test_signing_out_ends_the_session_and_the_tab_s_memory(visit: Visit) -> None:
    shown = visit("accounts", Role.ADMIN)
    shown.text_input(key="accounts.words").set_value("sample").run()
    shown.button(key="app.sign_out").click().run()
    assert [text("zh", "app.signed_out")] == [warning.value for warning in shown.warning]
    assert "accounts.words" not in shown.session_state
    shown.run()
    assert not shown.dataframe
