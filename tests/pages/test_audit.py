"""The Audit page: what was done, what it changed, who looked and who signed in."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from dashboard.core.errors import Forbidden
from dashboard.core.words import Role
from dashboard.services import access, accounts, signins
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import Audit
from tests.pages.conftest import Visit

GOOD = "tin-moth-river-42-lamp"


def _busy(county: Database) -> None:
    """An admin makes an account and looks at somebody's phone; somebody guesses a password."""
    now = datetime.now(UTC)
    token = signins.enter_as(county, Role.ADMIN, address="127.0.0.1", now=now)
    signed_in = signins.lookup(county, token, now)
    assert signed_in is not None
    values = {"username": "ran.xx", "display_name": "冉小溪", "role": "leader", "site_id": None, "password": GOOD}
    perform(county, accounts.create, signed_in.actor, now=now, **values)
    perform(county, access.reveal, signed_in.actor, now=now, person_id=1, fields=("phone",), reason="核实需求 甲乙丙")
    with pytest.raises(Forbidden):
        signins.sign_in(county, "ran.xx", "wrong", address="203.0.113.9", now=now)


def _looks(page: AppTest) -> AppTest:
    page.button_group(key="audit.tab").set_value("looks")
    return page.run()


def test_the_newest_deeds_stand_first_with_who_and_why(visit: Visit, county: Database) -> None:
    _busy(county)
    page = visit("audit", Role.ADMIN)
    rows = page.dataframe[0].value
    assert [text("zh", "audit.deed.access.reveal"), text("zh", "audit.deed.accounts.create")] == list(rows["deed"][:2])
    assert "核实需求 甲乙丙" == rows["reason"][0]
    assert {text("zh", "words.role.admin")} == set(rows["role"][:2])


def test_a_deed_picked_shows_what_it_changed_without_personal_values(visit: Visit, county: Database) -> None:
    _busy(county)
    page = visit("audit", Role.ADMIN)
    page.session_state["audit.deeds"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    page.run()
    shown = page.dataframe[1].value
    assert "ran.xx" in list(shown["after"])
    assert text("zh", "audit.kept_apart") in list(shown["after"])
    assert "冉小溪" not in str(shown)


def test_looks_and_sign_ins_are_listed_with_address_and_reason(visit: Visit, county: Database) -> None:
    _busy(county)
    page = _looks(visit("audit", Role.ADMIN))
    rows = page.dataframe[0].value
    kinds = list(rows["kind"])
    assert text("zh", "audit.kind_reveal") in kinds
    failed = rows[rows["kind"] == text("zh", "audit.kind_sign_in_failed")]
    assert ["203.0.113.9"] == list(failed["subject"])
    page.selectbox(key="audit.kind").set_value("reveal").run()
    assert ["核实需求 甲乙丙"] == list(page.dataframe[0].value["reason"])


def test_filters_narrow_and_nothing_found_is_said(visit: Visit, county: Database) -> None:
    _busy(county)
    page = visit("audit", Role.ADMIN)
    page.text_input(key="audit.words").set_value("甲乙丙").run()
    assert 1 == len(page.dataframe[0].value)
    page.selectbox(key="audit.action").set_value("dispatch").run()
    assert text("zh", "audit.none") in [box.value for box in page.info]


def test_more_deeds_than_a_page_are_turned_over(visit: Visit, county: Database) -> None:
    now = datetime.now(UTC)
    token = signins.enter_as(county, Role.ADMIN, address="127.0.0.1", now=now)
    signed_in = signins.lookup(county, token, now)
    assert signed_in is not None
    for number in range(60):
        perform(county, accounts.set_language, signed_in.actor, now=now, to=("zh", "en")[number % 2])
    with county.read() as session:
        total = session.scalar(select(func.count()).select_from(Audit).where(Audit.at >= now - timedelta(days=1))) or 0
    page = visit("audit", Role.ADMIN)
    page.date_input(key="audit.days").set_value((now.date(), (now + timedelta(hours=8)).date())).run()
    assert 50 == len(page.dataframe[0].value)
    page.session_state["audit.page"] = 2
    page.run()
    assert total - 50 == len(page.dataframe[0].value)
