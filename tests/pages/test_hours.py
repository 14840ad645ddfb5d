"""The Hours page: totals for everybody, lists for those who record, a certificate from click to code."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import anyio
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Message
from streamlit.testing.v1 import AppTest

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.figures import day_span
from dashboard.core.words import Outcome, Role
from dashboard.services import certificates_of_service as certificates
from dashboard.services import held_hours, service_records, store
from dashboard.services.commands import perform
from dashboard.services.questions import forget_all
from dashboard.text import text
from dashboard.ui import team_views
from dashboard.web import verify
from dashboard.web.gate import Gate
from db.engine import Database
from db.models import Account, EntryLook, FollowUp, HeldService, Need, Person, Service, ServiceCertificate, Volunteer
from tests.builders import an_actor
from tests.pages.conftest import Visit


def clean(page: AppTest) -> AppTest:
    assert [] == [error.message for error in page.exception]
    return page


def opened(visit: Visit, view: str, role: Role = Role.COORDINATOR, language: str = "zh") -> AppTest:
    page = clean(visit("hours", role, language))
    page.session_state["hours.view"] = view
    return clean(page.run())


def words_of(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.subheader, page.info, page.warning, page.text)
    return "\n".join(element.value for kind in kinds for element in kind)


def said(page: AppTest) -> list[str]:
    return [box.value for kind in (page.success, page.error, page.warning) for box in kind]


def somebody(county: Database) -> tuple[int, str, str]:
    """The volunteer with the most services of the last 90 days: id, name, code."""
    since = day_span(team_views.today() - timedelta(days=89))[0]
    with county.read() as session:
        id = session.scalars(
            select(Service.volunteer_id)
            .where(Service.start >= since)
            .group_by(Service.volunteer_id)
            .order_by(func.count().desc(), Service.volunteer_id)
        ).first()
        assert id is not None
        volunteer = session.get_one(Volunteer, id)
        return id, session.get_one(Person, volunteer.person_id).name, volunteer.code


def plant_twice(county: Database) -> int:
    """The same hours of somebody a second time; the id of the copy."""
    id, _, _ = somebody(county)

    def copy(session: Any) -> int:
        row = session.scalars(
            select(Service).where(Service.volunteer_id == id).order_by(Service.start.desc()).limit(1)
        ).one()
        names = [column.name for column in Service.__table__.columns if column.name not in ("id", "dispatch_id")]
        twin = Service(**{name: getattr(row, name) for name in names})
        session.add(twin)
        session.flush()
        return twin.id

    twin = county.write(copy)
    # Written past the commands, so no revision was raised.
    forget_all()
    return twin


def test_a_leader_reads_totals_by_grade_and_no_entry(visit: Visit) -> None:
    page = clean(visit("hours", Role.LEADER))
    (table,) = page.dataframe
    assert [text("zh", f"hours.grade.{grade}") for grade in "ABC"] == list(table.value.iloc[:, 0])
    given = [int(value.replace(",", "")) for value in table.value[text("zh", "hours.column.services")]]
    assert sum(given) > 0
    page.session_state["hours.view"] = "odd"
    assert 1 == len(clean(page.run()).dataframe)
    assert text("zh", "hours.pick") not in words_of(page)


@pytest.mark.parametrize("role", [Role.STATION_WORKER, Role.COORDINATOR, Role.ADMIN])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_opens_for_those_who_record(visit: Visit, role: Role, language: str) -> None:
    page = clean(visit("hours", role, language))
    for view in ("totals", "odd", "held", "one", "follow_ups"):
        page.session_state["hours.view"] = view
        clean(page.run())


def test_an_odd_entry_is_listed_marked_with_a_reason_and_leaves_the_list(visit: Visit, county: Database) -> None:
    assert text("zh", "hours.none_odd") in words_of(opened(visit, "odd"))
    twin = plant_twice(county)
    page = opened(visit, "odd")
    (table,) = page.dataframe
    row = table.value[table.value["#"] == twin].iloc[0]
    assert text("zh", "hours.odd.overlap") == row[text("zh", "hours.column.reason")]
    assert text("zh", "hours.pick") in words_of(page)
    number = int(table.value.index[table.value["#"] == twin][0])
    page.session_state["hours.odd.table"] = {"selection": {"rows": [number], "columns": [], "cells": []}}
    page.run()
    page.button(key="hours.odd.mark").click().run()
    assert [text("zh", "access.reason_missing")] == said(clean(page))
    page.session_state["hours.odd.table"] = {"selection": {"rows": [number], "columns": [], "cells": []}}
    page.run()
    page.text_input(key="hours.odd.why").set_value("同一场活动登记了两次")
    page.button(key="hours.odd.mark").click().run()
    assert text("zh", "hours.marked", count=1) in said(clean(page))
    with county.read() as session:
        assert twin == session.scalars(select(EntryLook)).one().service_id


def test_a_certificate_is_issued_printed_and_revoked(visit: Visit, county: Database) -> None:
    id, name, code = somebody(county)
    page = opened(visit, "one")
    page.text_input(key="hours.one.words").set_value(name).run()
    page.selectbox(key="hours.one").set_value(id).run()
    assert f"{name} · {code}" in words_of(clean(page)).replace("\\", "")
    page.text_input(key="hours.issue.why").set_value("入学申请")
    page.button(key="hours.issue").click().run()
    assert [text("zh", "hours.issued")] == said(clean(page))
    with county.read() as session:
        made = session.scalars(select(ServiceCertificate)).one()
        assert id == made.volunteer_id
        session.expunge_all()
    page.button(key=f"hours.print.{made.id}").click().run()
    sheet = clean(page)
    assert text("zh", "hours.sheet.title") in words_of(sheet)
    rows, sums = (table.value for table in sheet.table)
    assert made.services == len(rows)
    assert certificates.grouped(made.code) in set(sums.iloc[:, 1])
    page.button(key="hours.sheet.back").click().run()
    page.text_input(key=f"hours.revoke.{made.id}.why").set_value("登记有误")
    page.button(key=f"hours.revoke.{made.id}").click().run()
    assert [text("zh", "hours.revoked_done")] == said(clean(page))
    assert [] == [button for button in page.button if button.key == f"hours.print.{made.id}"]


def test_a_station_worker_reads_a_report_and_issues_nothing(visit: Visit, county: Database) -> None:
    page = opened(visit, "one", Role.STATION_WORKER)
    with county.read() as session:
        site = session.scalars(select(Account.site_id).where(Account.username == "sample-station")).one()
        mine = select(Person.name).join(Volunteer, Volunteer.person_id == Person.id).join(Service)
        name = session.scalars(mine.where(Volunteer.site_id == site).order_by(Service.start.desc())).first()
    page.text_input(key="hours.one.words").set_value(name).run()
    assert 1 <= len(clean(page).subheader)
    assert [] == [button for button in clean(page).button if button.key == "hours.issue"]


def test_a_bad_answer_stands_among_the_follow_ups_until_it_is_closed(visit: Visit, county: Database) -> None:
    assert text("zh", "hours.no_follow_ups") in words_of(opened(visit, "follow_ups"))
    with county.read() as session:
        need = session.scalars(select(Need).where(Need.state == "confirmed").order_by(Need.id)).first()
        assert need is not None
        session.expunge_all()
    values = {"need_id": need.id, "score": 1, "outcome": Outcome.PARTLY}
    perform(county, service_records.rate, an_actor(), now=datetime.now(UTC), **values)
    page = opened(visit, "follow_ups", Role.ADMIN)
    (table,) = page.dataframe
    assert need.code in table.value.iloc[0, 0]
    page.text_input(key="hours.follow_ups.note").set_value("已上门道歉")
    page.button(key="hours.close").click().run()
    assert [text("zh", "hours.closed_done", code=need.code)] == said(clean(page))
    with county.read() as session:
        row = session.scalars(select(FollowUp)).one()
        assert ("settled", "已上门道歉") == (row.result, row.note)


def test_check_backs_are_drawn_by_a_click(visit: Visit, county: Database) -> None:
    page = opened(visit, "follow_ups")
    page.button(key="hours.draw").click().run()
    with county.read() as session:
        drawn = session.scalar(select(func.count()).select_from(FollowUp))
    assert f" {drawn} " in said(clean(page))[0]


def test_a_team_s_satisfaction_stands_beside_its_interval_and_its_base(visit: Visit) -> None:
    table = clean(visit("teams")).dataframe[0].value
    answered = table[~table["answers"].str.startswith("0")]
    assert len(answered)
    for share, interval in zip(answered["satisfaction"], answered["interval"], strict=True):
        low, high = (float(end.rstrip("%")) for end in interval.split("–"))
        assert 0 <= low <= share <= high <= 100


def test_hours_of_an_activity_are_corrected_beside_the_report(visit: Visit, county: Database) -> None:
    with county.read() as session:
        row = session.scalars(
            select(Service).where(Service.activity_id.is_not(None)).order_by(Service.start.desc()).limit(1)
        ).one()
        name = session.get_one(Person, session.get_one(Volunteer, row.volunteer_id).person_id).name
        session.expunge_all()
    page = opened(visit, "one", Role.ADMIN)
    page.text_input(key="hours.one.words").set_value(name).run()
    page.selectbox(key="hours.one").set_value(row.volunteer_id).run()
    page.selectbox(key="hours.activity.which").set_value(row.id).run()
    page.time_input(key=f"hours.activity.{row.id}.to").set_value(
        (row.end - timedelta(minutes=5)).astimezone(COUNTY_TIME).time()
    )
    page.text_input(key="hours.activity.why").set_value("签到表抄错")
    page.button(key="hours.activity").click().run()
    assert [text("zh", "activity_hours.done")] == said(clean(page))
    with county.read() as session:
        assert session.get_one(Service, row.id).minutes == row.minutes - 5


def test_disputed_hours_are_decided_on_the_page(visit: Visit, county: Database) -> None:
    def dispute(session: Any) -> int:
        row = session.scalars(select(Service).where(Service.need_id.is_not(None)).order_by(Service.id)).first()
        told = {name: getattr(row, name) for name in held_hours.OWN}
        session.add(HeldService(**told, why="resident", held_at=datetime.now(UTC), reason=""))
        session.delete(row)
        return int(row.need_id)

    need_id = county.write(dispute)
    forget_all()
    page = opened(visit, "held")
    assert len(page.dataframe[0].value) == 1
    page.selectbox(key="hours.held.result").set_value("corrected").run()
    page.text_input(key="hours.held.reason").set_value("两边都问过了").run()
    page.button(key="hours.held.decide").click().run()
    assert [text("zh", "held.decided", code=_code(county, need_id))] == said(clean(page))
    with county.read() as session:
        assert "C" in session.scalars(select(Service.grade).where(Service.need_id == need_id)).all()


def _code(county: Database, need_id: int) -> str:
    with county.read() as session:
        return str(session.get_one(Need, need_id).code)


# -- the stranger's side


@dataclass
class Answer:
    """What came back over the wire."""

    status_code: int
    headers: dict[str, str]
    text: str


class Stranger:
    """A browser that never signed in, before the gate; asks the routes as a server would."""

    def __init__(self) -> None:
        self.app = Starlette(routes=verify.routes(), middleware=[Middleware(Gate, hosts=lambda: ["testserver"])])

    def get(self, path: str, address: str = "203.0.113.7", method: str = "GET", **params: str) -> Answer:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(params).encode(),
            "headers": [(b"host", b"testserver")],
            "client": (address, 1234),
            "server": ("testserver", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        anyio.run(self.app, scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]).decode())


@pytest.fixture
def stranger(county: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stranger]:
    monkeypatch.setenv(store.URL_VARIABLE, str(county.url))
    verify.forget_counts()
    yield Stranger()
    store.open_database(str(county.url)).dispose()
    store.open_database.cache_clear()


def a_certificate(county: Database) -> str:
    """The code of a certificate over the last 90 days, issued now."""
    id, _, _ = somebody(county)
    today = team_views.today()
    values = {"volunteer_id": id, "first": today - timedelta(days=89), "last": today, "reason": "入学申请"}
    made = perform(county, certificates.issue, an_actor(), now=datetime.now(UTC), **values)
    with county.read() as session:
        return session.get_one(ServiceCertificate, made["certificate_id"]).code


def test_a_stranger_with_the_code_reads_a_masked_name_and_totals_and_nothing_else(
    stranger: Stranger, county: Database
) -> None:
    code = a_certificate(county)
    _, name, number = somebody(county)
    answer = stranger.get(f"/verify/{certificates.grouped(code)}")
    assert 200 == answer.status_code
    assert text("zh", "hours.verify.valid") in answer.text
    assert name[0] + "*" in answer.text and name not in answer.text and number not in answer.text
    assert "<script" not in answer.text and "no-store" == answer.headers["cache-control"]
    english = stranger.get("/verify", code=code.lower(), lang="en")
    assert text("en", "hours.verify.valid") in english.text


def test_a_code_says_changed_revoked_or_unknown(stranger: Stranger, county: Database) -> None:
    code = a_certificate(county)
    plant_twice(county)
    assert text("zh", "hours.verify.changed") in stranger.get(f"/verify/{code}").text
    with county.read() as session:
        id = session.scalars(select(ServiceCertificate.id)).one()
    values = {"certificate_id": id, "reason": "登记有误"}
    perform(county, certificates.revoke, an_actor(), now=datetime.now(UTC), **values)
    assert text("zh", "hours.verify.revoked") in stranger.get(f"/verify/{code}").text
    for wrong in (certificates.new_code(), "x", "%00", "<script>alert(1)</script>"):
        answer = stranger.get("/verify", code=wrong)
        assert (404, True) == (answer.status_code, text("zh", "hours.verify.unknown") in answer.text)
        assert "alert(1)" not in answer.text


def test_the_empty_page_asks_for_a_code_and_other_paths_stay_closed(stranger: Stranger) -> None:
    assert text("zh", "hours.verify.lead") in stranger.get("/verify").text
    for path in ("/verifyx", "/hours"):
        assert 401 == stranger.get(path).status_code
    assert 405 == stranger.get("/verify/x", method="POST").status_code


def test_an_address_that_asks_too_often_waits(stranger: Stranger, county: Database) -> None:
    code = a_certificate(county)
    answers = [stranger.get("/verify/x").status_code for _ in range(verify.MOST)]
    assert [404] * verify.MOST == answers
    late = stranger.get(f"/verify/{code}")
    assert (429, "60") == (late.status_code, late.headers["retry-after"])
    assert 200 == stranger.get(f"/verify/{code}", address="203.0.113.8").status_code
    assert text("zh", "hours.verify.valid") not in late.text


def test_neighbours_of_one_ipv6_network_are_one_address(stranger: Stranger) -> None:
    for n in range(verify.MOST):
        stranger.get("/verify/x", address=f"2001:db8::{n:x}")
    assert 429 == stranger.get("/verify/x", address="2001:db8::ffff").status_code
    assert 404 == stranger.get("/verify/x", address="2001:db8:0:1::1").status_code
