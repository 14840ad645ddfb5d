"""The page Tie-out: all green on the sample, a planted fault red with its order and the way to mend it; rows behind
any number."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from dashboard.core.figures import BY_KEY, FIGURES
from dashboard.core.replay import Known, every, left_out
from dashboard.core.words import Role
from dashboard.services import tie_out
from dashboard.services.questions import forget_all
from dashboard.text import text
from db.engine import Database
from db.models import Site
from tests.pages.conftest import Visit


def said(page) -> str:  # type: ignore[no-untyped-def]
    kinds = (page.markdown, page.caption, page.error, page.success, page.info)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.mark.parametrize("role", Role)
def test_on_the_sample_every_line_holds(visit: Visit, role: Role) -> None:
    page = visit("tie_out", role)
    assert [] == [error.message for error in page.exception]
    assert [] == [error.value for error in page.error]
    for identity in tie_out.IDENTITIES:
        assert text("zh", f"tie_out.{identity.__name__}") in said(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_planted_fault_stands_first_with_its_order_and_the_way_to_mend_it(
    visit: Visit, county: Database, language: str
) -> None:
    closed = "(select max(id) from needs where state = 'closed')"
    county.write(lambda session: session.execute(sql(f"update needs set closed_at = '2020-01-01' where id = {closed}")))
    forget_all()
    page = visit("tie_out", Role.COORDINATOR, language)
    assert [] == [error.message for error in page.exception]
    assert len(page.error) == 2
    assert text(language, "tie_out.ended") in page.error[1].value
    assert text(language, "tie_out.ended.mend") in said(page)
    assert [key for key in (button.key for button in page.button) if str(key).startswith("tie_out.open.ended.")]


@pytest.mark.parametrize("key", [figure.key for figure in FIGURES])
def test_any_number_opens_its_rows(visit: Visit, key: str) -> None:
    page = visit("tie_out", Role.COORDINATOR)
    page.session_state["tie_out.view"] = "rows"
    page.session_state["tie_out.figure"] = key
    page.run()
    assert [] == [error.message for error in page.exception]
    assert page.metric[0].label == text("zh", BY_KEY[key].name)
    if BY_KEY[key].is_rate:
        assert text("zh", "tie_out.numerator", name=text("zh", BY_KEY[(BY_KEY[key].over or ("", ""))[0]].name)) in str(
            page.get("button_group")
        )
    assert len(page.dataframe) == 1 or text("zh", "teams.empty") in said(page)


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER])
def test_a_day_gone_by_shows_both_pasts_of_her_part_or_says_why_not(visit: Visit, role: Role) -> None:
    page = visit("tie_out", role)
    page.session_state["tie_out.view"] = "past"
    page.run()
    assert [] == [error.message for error in page.exception]
    assert [] == [info.value for info in page.info]
    table = page.dataframe[0].value
    assert list(table.iloc[:, 0]) == [text("zh", BY_KEY[key].name) for key in every()]
    untold = table[table.iloc[:, 2] == text("zh", "replay.untold")]
    assert list(untold.iloc[:, 5]) == [text("zh", f"replay.why.{why}") for why in left_out(Known.NOW).values()]
    of_a_part = role is Role.STATION_WORKER
    assert (text("zh", "replay.part.note") in said(page)) == of_a_part


def test_a_town_of_a_day_gone_by_is_chosen_and_its_rows_open(visit: Visit, county: Database) -> None:
    page = visit("tie_out", Role.LEADER)
    page.session_state["tie_out.view"] = "past"
    page.session_state["tie_out.day"] = date(2026, 10, 31)
    with county.read() as session:
        town = session.scalar(select(Site.id).where(Site.level == "institute").order_by(Site.id).limit(1))
    page.session_state["tie_out.past.part"] = town
    key = "services"
    chosen = {"rows": [every().index(key)], "columns": [], "cells": []}
    page.session_state["tie_out.past"] = {"selection": chosen}
    page.run()
    assert [] == [error.message for error in page.exception]
    assert text("zh", "replay.part.note") in said(page)
    shown = page.dataframe[0].value.iloc[every().index(key), 1]
    assert text("zh", "tie_out.is_count", value=shown, rows=shown) in said(page)
    assert set(page.dataframe[1].value[text("zh", "tie_out.column.volunteer")]) == {"—"}


def test_a_leader_reads_rows_without_volunteers(visit: Visit) -> None:
    page = visit("tie_out", Role.LEADER)
    page.session_state["tie_out.view"] = "rows"
    page.session_state["tie_out.figure"] = "services"
    page.run()
    assert text("zh", "tie_out.hidden_names") in said(page)
    assert set(page.dataframe[0].value[text("zh", "tie_out.column.volunteer")]) == {"—"}


def test_a_figure_ticked_in_the_table_of_all_opens_its_rows(visit: Visit) -> None:
    page = visit("teams", Role.LEADER)
    page.session_state["teams.view"] = "figures"
    page.session_state["figures.going"] = "needs_open"
    page.run()
    assert [text("zh", "app.tie_out")] == [heading.value for heading in page.header]
    assert page.metric[0].label == text("zh", "figures.needs_open")
