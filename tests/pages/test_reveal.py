"""Seeing a resident's phone on the Needs page: masked, a reason, the values, hidden again; written down each time."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import AccessLog, Need, Person
from tests.fresh import add_open_needs
from tests.pages.conftest import Visit


@pytest.fixture
def somebody(county: Database) -> tuple[int, str, str]:
    """An open need's id, its resident's name and phone."""
    add_open_needs(county)
    with county.read() as session:
        row = session.execute(
            select(Need.id, Person.id, Person.name, Person.phone)
            .join(Person, Person.id == Need.person_id)
            .where(Need.state == "open", Person.phone.is_not(None))
            .order_by(Need.id)
            .limit(1)
        ).one()
    return row[0], row[2], row[3] or ""


def _open(visit: Visit, role: Role, need_id: int) -> AppTest:
    page = visit("needs", role)
    page.query_params["need"] = str(need_id)
    return page.run()


def _words(page: AppTest) -> str:
    return " ".join(element.value for kind in (page.markdown, page.text, page.caption) for element in kind)


def _button(page: AppTest, ending: str) -> str | None:
    return next((button.key for button in page.button if button.key and button.key.endswith(ending)), None)


def _log(county: Database) -> list[tuple[str, str]]:
    with county.read() as session:
        rows = session.scalars(select(AccessLog).where(AccessLog.kind == "reveal"))
        return [(row.reason, ",".join(row.fields)) for row in rows]


def test_the_values_are_shown_after_a_click_with_a_reason_and_hidden_again(
    visit: Visit, county: Database, somebody: tuple[int, str, str]
) -> None:
    need_id, name, phone = somebody
    page = _open(visit, Role.COORDINATOR, need_id)
    assert name not in _words(page) and phone not in _words(page)
    confirm = _button(page, ".confirm")
    assert confirm is not None
    page.selectbox(key=confirm.replace(".confirm", ".reason")).set_value("verify").run()
    page.button(key=confirm).click().run()
    assert name in _words(page) and phone in _words(page)
    assert [(text("zh", "access.reason_verify"), "name,phone,address")] == _log(county)
    page.run()
    assert 1 == len(_log(county))
    hide = _button(page, ".hide")
    assert hide is not None
    page.button(key=hide).click().run()
    assert phone not in _words(page)


def test_another_reason_must_be_written_out(visit: Visit, county: Database, somebody: tuple[int, str, str]) -> None:
    need_id, _, phone = somebody
    page = _open(visit, Role.COORDINATOR, need_id)
    confirm = _button(page, ".confirm") or ""
    page.selectbox(key=confirm.replace(".confirm", ".reason")).set_value("other").run()
    page.button(key=confirm).click().run()
    assert text("zh", "access.reason_missing") in [box.value for box in page.error]
    assert phone not in _words(page) and [] == _log(county)
    page.text_input(key=confirm.replace(".confirm", ".words")).set_value("核对门牌").run()
    page.button(key=confirm).click().run()
    assert phone in _words(page)
    assert "核对门牌" == _log(county)[0][0]


def test_what_one_saw_is_gone_for_the_next_who_signs_in_in_this_tab(
    visit: Visit, somebody: tuple[int, str, str]
) -> None:
    need_id, _, phone = somebody
    page = _open(visit, Role.COORDINATOR, need_id)
    page.button(key=_button(page, ".confirm") or "").click().run()
    assert phone in _words(page)
    visit("needs", Role.ADMIN)
    page.run()
    assert phone not in _words(page)


def test_a_leader_is_not_even_asked(visit: Visit, somebody: tuple[int, str, str]) -> None:
    page = _open(visit, Role.LEADER, somebody[0])
    assert None is _button(page, ".confirm")
    assert somebody[1] not in _words(page) and somebody[2] not in _words(page)
