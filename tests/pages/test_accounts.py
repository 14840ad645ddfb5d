"""The Accounts page: find, make, change, switch off; what is refused is said in words."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.services import signins
from dashboard.text import text
from dashboard.ui.plain import plain
from db.engine import Database
from db.models import Account, Audit
from tests.pages.conftest import Visit

GOOD = "tin-moth-river-42-lamp"


def _account(database: Database, username: str) -> Account | None:
    with database.read() as session:
        found = session.scalar(select(Account).where(Account.username == username))
        if found is not None:
            session.expunge(found)
        return found


def _pick(page: AppTest, username: str) -> AppTest:
    names = list(page.dataframe[0].value["username"])
    page.session_state["accounts.table"] = {"selection": {"rows": [names.index(username)], "columns": [], "cells": []}}
    return page.run()


def _said(page: AppTest) -> list[str]:
    return [box.value for kind in (page.success, page.error, page.warning) for box in kind]


def _make(page: AppTest, **values: object) -> AppTest:
    for field, value in values.items():
        widget = "selectbox" if field in ("role", "place") else "text_input"
        getattr(page, widget)(key=f"accounts.new.0.{field}").set_value(value)
    return page.button(key="accounts.create").click().run()


def test_a_new_account_appears_in_the_list_and_can_sign_in(visit: Visit, county: Database) -> None:
    page = visit("accounts", Role.ADMIN)
    suggested = page.text_input(key="accounts.new.0.password").value
    page = _make(page, username="ran.xx", name="冉小溪", role=Role.LEADER)
    assert [text("zh", "accounts.place_missing")] == _said(page), "nobody is given the whole county by oversight"
    page = _make(page, place=0)
    assert [text("zh", "accounts.created", username="ran.xx", password=plain(suggested))] == _said(page), "not the next"
    assert "ran.xx" in list(page.dataframe[0].value["username"])
    token = signins.sign_in(county, "ran.xx", suggested, address="1.2.3.4", now=datetime.now(UTC))
    found = signins.lookup(county, token, datetime.now(UTC))
    assert found is not None and Role.LEADER == found.actor.role
    assert suggested != page.text_input(key="accounts.new.1.password").value
    assert "" == page.text_input(key="accounts.new.1.username").value


def test_a_refused_account_is_said_in_words_and_keeps_what_was_typed(visit: Visit, county: Database) -> None:
    page = _make(visit("accounts", Role.ADMIN), username="ran xx", name="冉小溪", place=0)
    assert [text("zh", "accounts.username_bad")] == _said(page)
    assert "冉小溪" == page.text_input(key="accounts.new.0.name").value
    page = _make(page, username="ran.xx", password="short")
    assert [text("zh", "accounts.password_short", least=15, length=5)] == _said(page)
    assert None is _account(county, "ran.xx")


def test_an_account_picked_in_the_table_is_changed_on_its_card(visit: Visit, county: Database) -> None:
    page = _pick(visit("accounts", Role.ADMIN), "sample-leader")
    before = _account(county, "sample-leader")
    assert before is not None
    stamp = f"{before.id}.{before.version}"
    page.text_input(key=f"accounts.name.{stamp}").set_value("申新名")
    page.selectbox(key=f"accounts.role.{stamp}").set_value(Role.COORDINATOR)
    page.text_input(key=f"accounts.reason.{stamp}").set_value("换岗")
    page.button(key=f"accounts.save.{stamp}").click().run()
    assert [text("zh", "accounts.saved", username="sample-leader")] == _said(page)
    after = _account(county, "sample-leader")
    assert after is not None
    assert ("申新名", "coordinator", before.version + 1) == (after.display_name, after.role, after.version)
    with county.read() as session:
        row = session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1)).one()
        assert ("accounts.change", "换岗") == (row.command, row.reason)


def test_a_new_password_is_told_once_as_it_was_set(visit: Visit, county: Database) -> None:
    page = _pick(visit("accounts", Role.ADMIN), "sample-leader")
    before = _account(county, "sample-leader")
    assert before is not None
    key = f"accounts.reset.{before.id}.{before.version}"
    password = page.text_input(key=key).value
    page.button(key=f"{key}.confirm").click().run()
    assert [text("zh", "accounts.reset_done", username="sample-leader", password=plain(password))] == _said(page)
    assert signins.sign_in(county, "sample-leader", password, address="1.2.3.4", now=datetime.now(UTC))
    assert [] == _said(page.run())


def test_switching_off_is_one_click_and_back_again(visit: Visit, county: Database) -> None:
    page = _pick(visit("accounts", Role.ADMIN), "sample-leader")
    for expected in (False, True):
        now = _account(county, "sample-leader")
        assert now is not None
        page.button(key=f"accounts.switch.{now.id}.{now.version}").click().run()
        after = _account(county, "sample-leader")
        assert after is not None and expected == after.active
        page = _pick(page, "sample-leader")


def test_one_s_own_role_place_and_switch_can_t_be_touched(visit: Visit, county: Database) -> None:
    page = _pick(visit("accounts", Role.ADMIN), "sample-admin")
    me = _account(county, "sample-admin")
    assert me is not None
    stamp = f"{me.id}.{me.version}"
    assert page.selectbox(key=f"accounts.role.{stamp}").disabled
    assert page.selectbox(key=f"accounts.place.{stamp}").disabled
    assert f"accounts.switch.{stamp}" not in [button.key for button in page.button]


def test_a_change_made_meanwhile_by_a_colleague_is_told(visit: Visit, county: Database) -> None:
    page = _pick(visit("accounts", Role.ADMIN), "sample-leader")
    seen = _account(county, "sample-leader")
    assert seen is not None
    county.write(lambda session: setattr(session.get_one(Account, seen.id), "version", seen.version + 1))
    page.button(key=f"accounts.save.{seen.id}.{seen.version}").click().run()
    assert 1 == len(page.error)
    assert "别人已经改过" in page.error[0].value


def test_searching_narrows_the_list(visit: Visit) -> None:
    page = visit("accounts", Role.ADMIN)
    everybody = len(page.dataframe[0].value)
    page.text_input(key="accounts.words").set_value("leader").run()
    assert ["sample-leader"] == list(page.dataframe[0].value["username"])
    page.text_input(key="accounts.words").set_value("zzz").run()
    assert [text("zh", "accounts.none")] == [box.value for box in page.info if box.value != text("zh", "accounts.pick")]
    page.text_input(key="accounts.words").set_value("").run()
    assert everybody == len(page.dataframe[0].value)


@pytest.mark.parametrize(("old", "key"), [("wrong", "accounts.old_password_wrong"), (GOOD, None)])
def test_one_s_own_password_is_changed_from_the_account_menu(
    old: str, key: str | None, visit: Visit, county: Database
) -> None:
    hashed = signins.hash_password(GOOD)
    county.write(
        lambda session: setattr(
            session.scalars(select(Account).where(Account.username == "sample-admin")).one(), "password_hash", hashed
        )
    )
    page = visit("accounts", Role.ADMIN)
    page.button(key="app.own_password").click().run()
    page.text_input(key="app.old_password").set_value(old)
    page.text_input(key="app.new_password").set_value("fjord vex quilt nymph")
    page.button(key="app.save_password").click().run()
    if key:
        assert [text("zh", key)] == _said(page)
    else:
        assert [text("zh", "app.signed_out")] == _said(page)
        assert signins.sign_in(county, "sample-admin", "fjord vex quilt nymph", address="1", now=datetime.now(UTC))
