"""The Rounds page: gaps first, a need let come again, a visit moved and left out, contracts, households without one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish
from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import meal_days, needs, series
from dashboard.services.commands import perform
from dashboard.services.signins import SAMPLE_USERNAMES
from dashboard.text import text
from db.engine import Database
from db.models import (
    Account,
    Contract,
    MealDay,
    MealDrop,
    MealRound,
    Need,
    Person,
    RecurringNeed,
    SeriesVisit,
    Volunteer,
)
from tests.builders import COUNTY
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)
RESIDENT = "覃爷爷"


def now() -> datetime:
    return datetime.now(UTC)


def a_need_of_ours(county: Database) -> tuple[int, str]:
    """(id, code) of a new need of the station worker's site, wanted in two days at nine, with a resident."""
    with county.read() as session:
        mine = session.scalar(select(Account.site_id).where(Account.username == SAMPLE_USERNAMES[Role.STATION_WORKER]))
        old = session.scalars(
            select(Need).where(Need.site_id == mine, Need.grid_id.is_not(None), Need.category_id.is_not(None))
        ).first()
        place, category = PlaceWish(grid_id=old.grid_id), old.category_id
    start = (now() + timedelta(days=2)).replace(hour=1, minute=0, second=0, microsecond=0)
    order = Order(
        category_id=category,
        title="送餐上门",
        place=place,
        intervals=((start, start + timedelta(hours=1)),),
        duration_minutes=60,
        roles=(RoleWish(1),),
        skills=(),
        resident=Caller(RESIDENT, "13885209998"),
    )
    made = perform(county, needs.create, ACTOR, now=now(), order=order)
    return made["need_id"], made["code"]


def begun(county: Database) -> int:
    need_id, _ = a_need_of_ours(county)
    done = perform(county, series.create_series, ACTOR, now=now(), rule="FREQ=WEEKLY", need_id=need_id)
    return int(done["series_id"])


def rows(county: Database, table: Any) -> list[Any]:
    with county.read() as session:
        found = list(session.scalars(select(table).order_by(table.id)))
        session.expunge_all()
        return found


def view(page: AppTest, name: str) -> AppTest:
    return page.segmented_control(key="rounds.view").set_value(name).run()


def said(page: AppTest) -> str:
    boxes = (*page.info, *page.success, *page.error, *page.markdown, *page.caption)
    return "\n".join(str(box.value) for box in boxes)


def volunteer_of(county: Database) -> tuple[int, str]:
    """(id, name) of an active volunteer of the station worker's site with a name of her own."""
    with county.read() as session:
        mine = session.scalar(select(Account.site_id).where(Account.username == SAMPLE_USERNAMES[Role.STATION_WORKER]))
        found = session.execute(
            select(Volunteer.id, Person.name)
            .join(Person, Person.id == Volunteer.person_id)
            .where(Volunteer.site_id == mine, Volunteer.status == "active")
            .order_by(Volunteer.id)
        ).first()
        return found.id, found.name


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STATION_WORKER])
def test_an_empty_desk_says_so_in_words(visit: Visit, role: Role, language: str) -> None:
    page = visit("rounds", role, language)
    assert not page.exception
    assert text(language, "series.no_gaps", days=3) in said(page)
    assert text(language, "series.none") in said(page)
    page = view(page, "contracts")
    assert not page.exception and text(language, "contracts.none") in said(page)
    assert not view(page, "unkept").exception


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_need_is_let_come_again_by_its_code(visit: Visit, county: Database, language: str) -> None:
    need_id, code = a_need_of_ours(county)
    page = visit("rounds", Role.STATION_WORKER, language)
    page.text_input(key="rounds.new.code").set_value("N0")
    page.button(key="rounds.new.begin").click().run()
    assert text(language, "needs.no_such") in said(page)
    page.text_input(key="rounds.new.code").set_value(f" {code} ")
    page.selectbox(key="rounds.new.ends").set_value("count").run()
    page.number_input(key="rounds.new.count").set_value(3)
    page.button(key="rounds.new.begin").click().run()
    assert not page.exception
    assert text(language, "series.done.begun", made=2) in said(page)
    (one,) = rows(county, RecurringNeed)
    assert "FREQ=WEEKLY;COUNT=3" == one.rule
    assert need_id in {kept.need_id for kept in rows(county, SeriesVisit)}
    assert text(language, "series.gaps", count=1, days=3) in said(page)


def test_a_need_s_card_leads_to_the_form_with_its_code(visit: Visit, county: Database) -> None:
    need_id, code = a_need_of_ours(county)
    page = visit("needs", Role.STATION_WORKER)
    page.query_params["need"] = str(need_id)
    page.run()
    assert page.button(key="needs.rounds").label == text("zh", "series.again")
    page = page.switch_page("../pages/rounds.py")
    page.query_params["code"] = code
    page.run()
    assert code == page.text_input(key="rounds.new.code").value
    page.button(key="rounds.new.begin").click().run()
    assert not page.exception and 1 == len(rows(county, RecurringNeed))


def test_one_visit_is_moved_another_left_out_and_the_series_ended(visit: Visit, county: Database) -> None:
    one = begun(county)
    page = visit("rounds", Role.STATION_WORKER)
    kept = rows(county, SeriesVisit)
    first, second = (f"{one}.{int(row.original_start.timestamp())}" for row in kept[:2])
    page.date_input(key=f"rounds.move.{first}.day").set_value((now() + timedelta(days=4)).date())
    page.button(key=f"rounds.move.{first}").click().run()
    assert text("zh", "series.done.moved") in said(page)
    page.text_input(key=f"rounds.cancel.{second}.reason").set_value("回老家")
    page.button(key=f"rounds.cancel.{second}").click().run()
    assert text("zh", "series.done.cancelled") in said(page)
    after = rows(county, SeriesVisit)
    assert [True, False] == [row.moved_to is not None for row in after[:2]]
    assert [False, True] == [row.cancelled_at is not None for row in after[:2]]
    page.text_input(key=f"rounds.end.{one}.reason").set_value("搬走")
    page.button(key=f"rounds.end.{one}").click().run()
    assert text("zh", "series.none") in said(page)
    assert rows(county, RecurringNeed)[0].ended_at is not None


def test_a_keeper_is_found_by_name(visit: Visit, county: Database) -> None:
    one, (her, name) = begun(county), volunteer_of(county)
    page = visit("rounds", Role.STATION_WORKER)
    page.text_input(key=f"rounds.keepers.{one}.keeper.words").set_value(name).run()
    page.selectbox(key=f"rounds.keepers.{one}.keeper").set_value(her).run()
    page.button(key=f"rounds.keepers.{one}").click().run()
    assert not page.exception and name in said(page)
    assert her == rows(county, RecurringNeed)[0].keeper_id


def test_a_household_is_given_away_and_its_contract_ended(visit: Visit, county: Database) -> None:
    need_id, code = a_need_of_ours(county)
    her, name = volunteer_of(county)
    page = view(visit("rounds", Role.STATION_WORKER), "unkept")
    with county.read() as session:
        resident = session.get_one(Need, need_id).person_id
    page.selectbox(key="rounds.household").set_value(resident).run()
    assert page.button(key="rounds.take").disabled
    page.text_input(key="rounds.take.keeper.words").set_value(name).run()
    page.selectbox(key="rounds.take.keeper").set_value(her).run()
    page.button(key="rounds.take").click().run()
    assert text("zh", "contracts.done.taken") in said(page)
    (one,) = rows(county, Contract)
    assert (her, resident) == (one.volunteer_id, one.person_id)
    assert code not in str([frame.value for frame in page.dataframe])
    page = view(page, "contracts")
    assert name in str(page.dataframe[0].value)
    page.text_input(key=f"rounds.end_contract.{one.id}.reason").set_value("搬走")
    page.button(key=f"rounds.end_contract.{one.id}").click().run()
    assert text("zh", "contracts.none") in said(page)


def test_residents_are_masked_and_words_of_people_are_not_markdown(visit: Visit, county: Database) -> None:
    one = begun(county)

    def naughty(session: Any) -> None:
        session.get_one(RecurringNeed, one).title = "![](http://x/y)送餐"

    county.write(naughty)
    page = visit("rounds", Role.COORDINATOR)
    assert not page.exception and "![](http" not in said(page)
    assert RESIDENT not in said(page) + str([frame.value for frame in page.dataframe])


def backdated(row: MealRound) -> None:
    """So that it has a round today, as one begun yesterday."""
    row.start -= timedelta(days=1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_meal_round_is_begun_made_ticked_and_printed(visit: Visit, county: Database, language: str) -> None:
    _, code = a_need_of_ours(county)
    page = view(visit("rounds", Role.STATION_WORKER, language), "meals")
    assert {text(language, "meals.none"), text(language, "meals.none_today")} <= {box.value for box in page.info}
    page.text_input(key="meals.new.name").set_value("中午[送餐](x)")
    page.button(key="meals.new.begin").click().run()
    (one,) = rows(county, MealRound)
    assert not page.exception and text(language, "meals.no_stops") in said(page)
    page.text_input(key=f"meals.add.{one.id}.code").set_value(code)
    page.button(key=f"meals.add.{one.id}").click().run()
    assert text(language, "meals.done.added") in said(page)
    page.button(key=f"meals.shorten.{one.id}").click().run()
    assert text(language, "meals.done.ordered") in said(page)
    county.write(lambda session: backdated(session.get_one(MealRound, one.id)))
    perform(county, meal_days.make_day, ACTOR, now=now(), round_id=one.id)
    (day,), (drop,) = rows(county, MealDay), rows(county, MealDrop)
    page = page.run()
    page.button(key=f"meals.missed.{drop.id}").click().run()
    assert text(language, "needs.reason_wanted") in said(page)
    page.button(key=f"meals.delivered.{drop.id}").click().run()
    assert text(language, "meals.done.ticked") in said(page) and not page.exception
    page.button(key=f"meals.sheet.{day.id}").click().run()
    page.button(key="meals.sheet.make").click().run()
    assert not page.exception and RESIDENT not in str(page.table[0].value) and "覃" in str(page.table[0].value)
    page.button(key="meals.sheet.back").click().run()
    assert "delivered" == rows(county, MealDrop)[0].outcome and not page.exception


def test_the_county_s_admin_changes_the_limit_of_households(visit: Visit) -> None:
    page = view(visit("rounds", Role.ADMIN), "contracts")
    assert text("zh", "contracts.limit", most=12) in said(page)
    page.number_input(key="rounds.limit.most").set_value(10)
    page.text_input(key="rounds.limit.reason").set_value("试行")
    page.button(key="rounds.limit.set").click().run()
    assert not page.exception and text("zh", "contracts.limit", most=10) in said(page)
    page = view(visit("rounds", Role.STATION_WORKER), "contracts")
    assert "rounds.limit.set" not in {button.key for button in page.button}
