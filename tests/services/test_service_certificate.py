"""Service certificates: what is certified, who may, and what a code says afterwards; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import certificates_of_service as certificates
from dashboard.services import odd_hours
from dashboard.services.certificates_of_service import State
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.text import known
from db.engine import Database
from db.models import Audit, Need, Person, Service, ServiceCertificate, Volunteer
from tests.builders import NOW, a_need, a_service, a_site, a_volunteer, actor_for, an_account

THEN = NOW - timedelta(days=7)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 16)


class Office:
    """A volunteer of one station with three services, one of each grade, 60, 90 and 30 minutes."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            self.centre = a_site(session, name="务川新时代文明实践中心")
            self.here, self.there = a_site(session, self.centre), a_site(session, self.centre)
            self.li = actor_for(an_account(session))
            self.other = actor_for(an_account(session, site=self.there), self.there)
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, self.here), self.here)
            volunteer = a_volunteer(session, self.here, "杨小梅", consent="given")
            self.her, self.person = volunteer.id, volunteer.person_id
            self.need = a_need(session, self.here, state="closed", title="给王奶奶修灯").id

        database.write(build)
        self.rows = [
            self.serve(n, grade, minutes) for n, (grade, minutes) in enumerate((("A", 60), ("B", 90), ("C", 30)))
        ]

    def serve(self, day: int, grade: str = "B", minutes: int = 60) -> int:
        def add(session: Any) -> int:
            her, need = session.get_one(Volunteer, self.her), session.get_one(Need, self.need)
            return a_service(
                session, her, need, start=THEN + timedelta(days=day), grade=grade, minutes=minutes, recorded_at=NOW
            ).id

        return self.database.write(add)

    def do(self, deed: Any, actor: Actor | None = None, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.li, now=NOW, **values)

    def issue(self, actor: Actor | None = None, **values: Any) -> int:
        given = {"volunteer_id": self.her, "first": FIRST, "last": LAST, "reason": "入学申请"} | values
        return self.do(certificates.issue, actor, **given)["certificate_id"]

    def code(self, id: int) -> str:
        with self.database.read() as session:
            return session.get_one(ServiceCertificate, id).code

    def state(self, id: int) -> State:
        return certificates.verify(self.database, self.code(id)).state

    def change(self, statement: Any) -> None:
        self.database.write(lambda session: session.execute(statement))

    def sheet(self, id: int, actor: Actor | None = None) -> certificates.Sheet:
        return answer(self.database, certificates.sheet, actor or self.li, certificate_id=id)


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_a_certificate_is_complete_and_its_code_says_so(office: Office) -> None:
    id = office.issue()
    sheet = office.sheet(id)
    assert ("杨小梅", (60, 90, 30), 3) == (sheet.name, sheet.certified.minutes, sheet.certified.services)
    assert office.rows == [row.id for row in sheet.rows]
    assert ("务川新时代文明实践中心", NOW) == (sheet.certified.issuer, sheet.certified.issued_at)
    found = certificates.verify(office.database, sheet.certified.code.lower())
    assert (State.VALID, "杨**", FIRST, LAST, (60, 90, 30)) == (
        found.state,
        found.name,
        found.first,
        found.last,
        found.minutes,
    )
    assert "王奶奶" not in repr(sheet) and "小梅" not in repr(found)


def test_services_outside_the_days_are_not_certified_and_don_t_unsettle_it(office: Office) -> None:
    id = office.issue(last=date(2026, 11, 10))
    assert 2 == office.sheet(id).certified.services
    office.serve(5)
    assert State.VALID is office.state(id)


@pytest.mark.parametrize("change", ["minutes", "grade", "removed", "added", "name"])
def test_whatever_changes_what_was_certified_is_seen_by_the_code(office: Office, change: str) -> None:
    id = office.issue()
    if change == "added":
        office.serve(-1)
    elif change == "removed":
        office.database.write(lambda session: session.delete(session.get_one(Service, office.rows[0])))
    elif change == "name":
        office.change(update(Person).where(Person.id == office.person).values(name="杨大梅"))
    else:
        value = {"minutes": {"minutes": 61}, "grade": {"grade": "C"}}[change]
        office.change(update(Service).where(Service.id == office.rows[0]).values(**value))
    assert State.CHANGED is office.state(id)
    sheet = answer(office.database, certificates.sheet, office.li, certificate_id=id, language="en")
    assert (State.CHANGED, ()) == (sheet.certified.state, sheet.rows)


def test_a_revoked_code_says_revoked_and_a_made_up_one_nothing(office: Office) -> None:
    id = office.issue()
    office.do(certificates.revoke, certificate_id=id, reason="登记有误")
    assert State.REVOKED is office.state(id)
    with pytest.raises(Conflict):
        office.do(certificates.revoke, certificate_id=id, reason="再来")
    for code in (certificates.new_code(), "", "x" * 4000, "' or 1=1 --", "\x00", "﷽" * 20):
        assert certificates.Verdict(State.UNKNOWN) == certificates.verify(office.database, code)


def test_issuing_and_revoking_are_audited_with_their_reason_and_no_name(office: Office) -> None:
    id = office.issue()
    office.do(certificates.revoke, certificate_id=id, reason="登记有误")
    with office.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.subject == "service_certificate").order_by(Audit.id)).all()
        assert [(id, "入学申请"), (id, "登记有误")] == [(row.subject_id, row.reason) for row in rows]
        assert {"A": 60, "B": 90, "C": 30} == rows[0].after["minutes"]
        said = repr([(row.before, row.after) for row in rows])
    assert "小梅" not in said and office.code(id) not in said


def test_who_may_issue(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.issue(office.worker)
    with pytest.raises(NotFound):
        office.issue(office.other)
    own = office.database.write(lambda session: actor_for(an_account(session, person_id=office.person)))
    with pytest.raises(Forbidden) as refused:
        office.issue(own)
    assert "hours.own_certificate" == refused.value.key
    id = office.issue()
    assert 3 == len(office.sheet(id, office.worker).rows)
    with pytest.raises(NotFound):
        office.sheet(id, office.other)
    with pytest.raises(NotFound):
        office.do(certificates.revoke, office.other, certificate_id=id, reason="不行")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"reason": " "}, "access.reason_missing"),
        ({"first": LAST, "last": FIRST}, "hours.days_backwards"),
        ({"last": LAST + timedelta(days=1)}, "hours.days_to_come"),
        ({"first": date(2025, 1, 1), "last": date(2025, 2, 1)}, "hours.nothing_to_certify"),
    ],
)
def test_what_is_refused(office: Office, values: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        office.issue(**values)
    assert key == refused.value.key and known(key)


def test_odd_hours_are_looked_at_before_they_are_certified(office: Office) -> None:
    twice = office.serve(0)
    with pytest.raises(Invalid) as refused:
        office.issue()
    assert ("hours.look_first", 1) == (refused.value.key, refused.value.values["count"])
    office.do(odd_hours.mark_looked_at, entries=((twice, "overlap"),), reason="两场活动")
    assert State.VALID is office.state(office.issue())


def test_a_double_click_issues_one_certificate(office: Office) -> None:
    assert office.issue() != office.issue()
    values = {"volunteer_id": office.her, "first": FIRST, "last": LAST, "reason": "入学申请", "key": "issue:1"}
    assert office.do(certificates.issue, **values) == office.do(certificates.issue, **values)
    issued = answer(office.database, certificates.issued, office.li, volunteer_id=office.her)
    assert 3 == len(issued) == len({one.code for one in issued})


def test_codes_carry_a_hundred_bits_and_look_like_codes() -> None:
    codes = {certificates.new_code() for _ in range(200)}
    assert 200 == len(codes)
    assert len(certificates.ALPHABET) ** certificates.CODE_LENGTH >= 2**80
    assert not set("01IO") & set("".join(codes))


@given(st.text(alphabet=certificates.ALPHABET, min_size=20, max_size=20), st.sampled_from(["{}", " {} ", "{}\n"]))
def test_a_code_is_read_as_it_is_printed_and_as_people_type_it(code: str, around: str) -> None:
    assert code == certificates.plain_code(around.format(certificates.grouped(code)).lower())


@given(st.text(max_size=60))
def test_whatever_else_is_typed_is_a_code_or_nothing(words: str) -> None:
    found = certificates.plain_code(words)
    assert found == "" or (len(found) == 20 and set(found) <= set(certificates.ALPHABET))
