"""Every number opens its rows: as many as it says, or adding up to it, within the reader's part and without names."""

from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from dashboard.core.errors import NotFound
from dashboard.core.figures import FIGURES
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Role
from dashboard.services import figure_rows
from dashboard.services.figures import sheet
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Dispatch, NeedRole, Site
from tests.builders import COUNTY, NOW, a_need, a_person, a_volunteer, an_actor
from tests.services.figure_county import a_busy_county

ALL = system_actor(COUNTY)
COUNTED = [figure.key for figure in FIGURES if not figure.is_rate]
#: What is added up and not counted; None counts for nothing.
SUMS = {"households", "seats_wanted", "seats_open", "people_reached"}
SUMS |= {figure.key for figure in FIGURES if figure.key.startswith("service_minutes")}


def differing(database: Database, actor: Actor) -> list[tuple[str, object, object]]:
    """(figure, its value, what its rows say) wherever the two differ."""
    values = answer(database, sheet, actor, now=NOW).values
    found = []
    for key in COUNTED:
        listed = answer(database, figure_rows.rows, actor, now=NOW, key=key, size=100_000)
        assert listed.total == len(listed.rows) == len({row.id for row in listed.rows})
        said = sum(row.measure for row in listed.rows) if key in SUMS else listed.total
        if (values[key].value or 0) != said:
            found.append((key, values[key].value, said))
    return found


def test_every_figure_has_rows_or_is_a_rate_of_two_that_have() -> None:
    assert set(figure_rows.ROWS) == set(COUNTED)
    for figure in FIGURES:
        assert all(key in figure_rows.ROWS for key in figure_rows.parts_of(figure.key))


def test_rows_are_as_many_as_the_figure_says_on_both_databases(any_database: Database) -> None:
    sites: list[Site] = any_database.write(a_busy_county)
    assert differing(any_database, ALL) == []
    for site in sites:
        assert differing(any_database, an_actor(Role.COORDINATOR, site)) == []
    values = answer(any_database, sheet, ALL, now=NOW).values
    assert [key for key in COUNTED if not values[key].value] == []


def test_rows_are_as_many_as_the_figure_says_on_the_sample(county: Database) -> None:
    assert differing(county, ALL) == []
    with county.read() as session:
        town = session.query(Site).filter_by(level="institute").order_by(Site.id).first()
        assert town is not None
        part = an_actor(Role.STATION_WORKER, town)
    assert differing(county, part) == []


def test_somebody_who_comes_twice_takes_one_seat(any_database: Database) -> None:
    def work(session):  # type: ignore[no-untyped-def]
        need = a_need(session, people=3)
        role = session.query(NeedRole).filter_by(need_id=need.id).one()
        volunteer = a_volunteer(session)
        for day in (1, 2):
            start = NOW + timedelta(days=day)
            values = {"need_id": need.id, "role_id": role.id, "volunteer_id": volunteer.id, "dispatched_by": 0}
            times = {"start": start, "end": start + timedelta(hours=2), "offered_at": NOW}
            session.add(Dispatch(county=COUNTY, state="offered", **values, **times))

    any_database.write(work)
    values = answer(any_database, sheet, ALL, now=NOW).values
    assert [values[f"seats_{name}"].value for name in ("wanted", "held", "open")] == [3, 1, 2]
    held = answer(any_database, figure_rows.rows, ALL, now=NOW, key="seats_held")
    assert (held.total, held.rows[0].cells["dispatches"]) == (1, 2)


def test_names_are_masked_and_a_leader_reads_none_of_a_volunteer(any_database: Database) -> None:
    def work(session):  # type: ignore[no-untyped-def]
        a_volunteer(session, name="欧阳小贵")
        a_need(session, person_id=a_person(session, "赵老太").id)

    any_database.write(work)

    def names(role: Role, key: str, cell: str) -> set[str]:
        listed = answer(any_database, figure_rows.rows, an_actor(role), now=NOW, key=key)
        return {str(row.cells[cell]) for row in listed.rows}

    assert names(Role.COORDINATOR, "volunteers", "volunteer") == {"欧***"}
    assert names(Role.LEADER, "volunteers", "volunteer") == {""}
    leader = answer(any_database, figure_rows.rows, an_actor(Role.LEADER), now=NOW, key="volunteers")
    assert "code" not in leader.rows[0].cells
    assert names(Role.LEADER, "residents_asking", "resident") == {"赵**"}


def test_no_row_holds_a_phone_an_address_or_a_full_name(county: Database) -> None:
    with county.read() as session:
        names = set(session.scalars(sql("select name from persons where length(name) > 1")))
        phones = set(session.scalars(sql("select phone from persons where phone is not null")))
    for key in COUNTED:
        for row in answer(county, figure_rows.rows, an_actor(Role.ADMIN), now=NOW, key=key, size=500).rows:
            assert not {str(value) for value in row.cells.values()} & (names | phones), key


def test_a_rate_or_an_unknown_figure_has_no_rows_of_its_own(database: Database) -> None:
    for key in ("satisfaction", "nothing"):
        with pytest.raises(NotFound):
            answer(database, figure_rows.rows, ALL, now=NOW, key=key)
