"""The walls in the database hold against statements that walk around the commands."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import migrate
from db.engine import Database
from db.models import Dispatch, Freeze, Fund, FundEntry, Need, NeedCharge, NeedEvent, NeedRole, Notebook
from tests.builders import COUNTY, NOW, a_charge, a_need, a_site, a_volunteer, an_item, saved


def _dispatch(
    session: Session, need: Need, volunteer_id: int, hours: tuple[float, float], state: str = "offered"
) -> int:
    role = session.query(NeedRole).filter_by(need_id=need.id).one()
    row = Dispatch(
        county=COUNTY,
        need_id=need.id,
        role_id=role.id,
        volunteer_id=volunteer_id,
        state=state,
        start=NOW + timedelta(hours=hours[0]),
        end=NOW + timedelta(hours=hours[1]),
        dispatched_by=0,
        offered_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id


def _two(database: Database, first: tuple[float, float], second: tuple[float, float], state: str = "offered") -> None:
    """Send one volunteer to two needs."""

    def deed(session: Session) -> None:
        site = a_site(session)
        volunteer = a_volunteer(session, site)
        _dispatch(session, a_need(session, site), volunteer.id, first, state)
        _dispatch(session, a_need(session, site), volunteer.id, second)

    database.write(deed)


@pytest.mark.parametrize("second", [(1, 3), (0, 2), (0.5, 1), (-1, 0.1), (-1, 5)])
def test_nobody_is_in_two_places(any_database: Database, second: tuple[float, float]) -> None:
    with pytest.raises(DBAPIError, match="dispatch_overlap"):
        _two(any_database, (0, 2), second)


@pytest.mark.parametrize("second", [(2, 4), (-2, 0)])
def test_back_to_back_is_allowed(any_database: Database, second: tuple[float, float]) -> None:
    _two(any_database, (0, 2), second)


@pytest.mark.parametrize("state", ["declined", "expired", "cancelled"])
def test_what_was_given_back_does_not_block(any_database: Database, state: str) -> None:
    _two(any_database, (0, 2), (1, 3), state)


def test_a_dispatch_cannot_come_back_over_another(any_database: Database) -> None:
    def deed(session: Session) -> None:
        volunteer = a_volunteer(session)
        old = _dispatch(session, a_need(session), volunteer.id, (0, 2), "cancelled")
        _dispatch(session, a_need(session), volunteer.id, (1, 3))
        session.execute(update(Dispatch).where(Dispatch.id == old).values(state="accepted"))

    with pytest.raises(DBAPIError, match="dispatch_overlap"):
        any_database.write(deed)


def test_a_need_is_never_overfilled(any_database: Database) -> None:
    def deed(session: Session, seats: int) -> None:
        need = a_need(session, people=seats)
        for _ in range(3):
            _dispatch(session, need, a_volunteer(session).id, (0, 2))

    any_database.write(lambda session: deed(session, 3))
    with pytest.raises(DBAPIError, match="need_overfilled"):
        any_database.write(lambda session: deed(session, 2))


@pytest.mark.parametrize("statement", ["update need_events set reason = 'x'", "delete from need_events"])
def test_events_are_append_only(any_database: Database, statement: str) -> None:
    any_database.write(lambda session: a_need(session))
    with pytest.raises(DBAPIError, match="append-only"):
        any_database.write(lambda session: session.execute(text(statement)))
    with any_database.read() as session:
        assert 1 == session.query(NeedEvent).count()


FROZEN = ("deck = '{}'", "version = 2", "site_path = '/9/'", "revision = 8", "frozen_by = 9", "frozen_at = null")


@pytest.mark.parametrize("statement", [*(f"update freezes set {change}" for change in FROZEN), "delete from freezes"])
def test_a_frozen_deck_is_never_changed(any_database: Database, statement: str) -> None:
    any_database.write(_freeze)
    with pytest.raises(DBAPIError, match="append-only"):
        any_database.write(lambda session: session.execute(text(statement)))
    with any_database.read() as session:
        kept = session.query(Freeze).one()
        assert (kept.deck, kept.version, kept.site_path, kept.revision, kept.frozen_by, kept.frozen_at) == (
            {"title": "周会"},
            1,
            "/",
            7,
            0,
            NOW,
        )


def test_a_frozen_deck_is_kept_by_a_step_down_and_up(any_database: Database) -> None:
    any_database.write(_freeze)
    migrate.downgrade(any_database, "0015")
    any_database.write(lambda session: session.execute(text("update freezes set revision = 8")))
    migrate.upgrade(any_database)
    with pytest.raises(DBAPIError, match="append-only"):
        any_database.write(lambda session: session.execute(text("update freezes set revision = 9")))
    with any_database.read() as session:
        assert session.query(Freeze).one().revision == 8


def _freeze(session: Session) -> None:
    notebook = saved(session, Notebook(county=COUNTY, title="周会", owner_id=0))
    values = {"site_path": "/", "deck": {"title": "周会"}, "revision": 7, "frozen_by": 0, "frozen_at": NOW}
    saved(session, Freeze(county=COUNTY, notebook_id=notebook.id, version=1, **values))


@pytest.mark.parametrize("table", ["need_charges", "fund_entries"])
def test_what_was_charged_and_the_fund_s_entries_stay(any_database: Database, table: str) -> None:
    def keep(session: Session) -> None:
        a_charge(session, a_need(session), an_item(session))
        saved(session, FundEntry(county=COUNTY, kind="deposit", amount_fen=100, at=NOW, account_id=0))

    any_database.write(keep)
    for statement in (f"update {table} set county = 'x'", f"delete from {table}"):
        with pytest.raises(DBAPIError, match="append-only"):
            any_database.write(lambda session, said=statement: session.execute(text(said)))
    with any_database.read() as session:
        assert (1, 1) == (session.query(NeedCharge).count(), session.query(FundEntry).count())


@pytest.mark.parametrize(
    "values", [{"fund_fen": 451}, {"fund_fen": -450, "resident_fen": 4_950}, {"material_fen": 4_501}]
)
def test_a_charge_is_the_market_price_in_two_parts(database: Database, values: dict[str, int]) -> None:
    with pytest.raises(DBAPIError):
        database.write(lambda session: a_charge(session, a_need(session), an_item(session), **values))


def test_a_fund_never_owes(any_database: Database) -> None:
    with pytest.raises(DBAPIError):
        any_database.write(lambda session: saved(session, Fund(county=COUNTY, balance_fen=-1)))
