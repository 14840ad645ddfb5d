"""Keys of other systems, the orders they send, and call devices: within one's part, once, also all at the same time."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from dashboard.__main__ import main
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.needs import next_grade, repeats_raise
from dashboard.core.permissions import Actor
from dashboard.core.words import Role, Urgency
from dashboard.services import api_keys, device_calls, intake_api, needs, needs_queue
from dashboard.services.api_keys import Holder
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import (
    ApiKey,
    Audit,
    AuditPersonal,
    CatalogueItem,
    Category,
    Command,
    Device,
    DeviceCall,
    Need,
    NeedRole,
    Person,
)
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_county,
    a_grid,
    a_need,
    a_person,
    a_site,
    a_skill,
    actor_for,
    an_account,
    an_actor,
)

ORDER = {
    "channel": "online",
    "title": "家里水管漏水",
    "category": "repair",
    "place": {"grid": "G-HERE"},
    "intervals": [{"start": "2026-11-17T09:00:00+08:00", "end": "2026-11-17T11:00:00+08:00"}],
    "people": 1,
    "resident": {"name": "冉茂琴", "phone": "13885201234", "address": "柏村镇新街 5 号"},
}
ADMIN = an_actor(Role.ADMIN)
SECOND = timedelta(seconds=1)


class Office:
    """A county with two stations, each with a grid; keys for the county and for one station; a device in its grid."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._make)
        self.county = self.key()
        self.station = self.key(site=self.here)
        self.add_device("D1")

    def _make(self, session: Any) -> None:
        a_county(session)
        centre = a_site(session)
        here, there = a_site(session, centre), a_site(session, centre)
        self.here, self.there, self.here_path = here.code, there.code, here.path
        a_grid(session, here, code="G-HERE")
        a_grid(session, there, lon=108.2, code="G-THERE")
        a_category(session, "repair", name="维修")
        a_skill(session, "electric")
        self.local = actor_for(an_account(session, Role.ADMIN, here), here)

    def do(self, deed: Any, actor: Actor = ADMIN, now: datetime = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor, now=now, **values)

    def key(self, actor: Actor = ADMIN, **values: Any) -> Holder:
        made = self.do(api_keys.make_key, actor, name="12345 热线", **values)
        found = api_keys.holder(self.database, made["key"], NOW)
        assert found is not None and found.id == made["key_id"]
        return found

    def add_device(self, code: str, **values: Any) -> None:
        place = values or {"lon": 107.9, "lat": 28.53}
        self.do(device_calls.add_device, code=code, category="repair", place_text="3 楼左", **place)

    def send(self, holder: Holder | None = None, key: str = "a1", **changes: Any) -> dict[str, Any]:
        body = {name: value for name, value in (ORDER | changes).items() if value is not None}
        return intake_api.send_in(self.database, holder or self.county, body, idempotency_key=key, now=NOW)

    def press(self, after: int = 0, holder: Holder | None = None, code: str = "D1", **values: Any) -> dict[str, Any]:
        return device_calls.press(
            self.database, holder or self.county, code, now=NOW + timedelta(seconds=after), **values
        )

    def need(self, code: str) -> Need:
        with self.database.read() as session:
            found = session.scalars(select(Need).where(Need.code == code)).one()
            session.expunge_all()
            return found

    def change(self, code: str, **values: Any) -> None:
        def write(session: Any) -> None:
            need = session.scalars(select(Need).where(Need.code == code)).one()
            for name, value in values.items():
                setattr(need, name, value)

        self.database.write(write)

    def state(self, code: str, holder: Holder | None = None) -> intake_api.NeedView:
        return answer(self.database, intake_api.need_state, (holder or self.county).actor, code=code)

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).order_by(table.id)))
            session.expunge_all()
            return found

    def count(self, table: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


@pytest.fixture
def small_office(database: Database) -> Office:
    """For refusals that never reach the database."""
    return Office(database)


# -- keys


def test_a_key_acts_as_a_station_worker_of_its_place(office: Office) -> None:
    assert (Role.STATION_WORKER, "/", 0) == (
        office.county.actor.role,
        office.county.actor.site_path,
        office.county.actor.account_id,
    )
    assert (office.here_path, 60) == (office.station.actor.site_path, office.station.per_minute)


def test_only_the_digest_of_a_key_is_kept(office: Office) -> None:
    made = office.do(api_keys.make_key, name="网格平台")
    secret = made["key"].partition(".")[2]
    kept = [
        str(value) for table in (ApiKey, Audit, Command) for row in office.rows(table) for value in vars(row).values()
    ]
    digest = office.rows(ApiKey)[-1].digest
    assert len(secret) == 43 and len(digest) == 64 and digest in kept
    assert [] == [value for value in kept if secret in value]


def test_a_key_that_is_altered_unknown_or_revoked_opens_nothing(office: Office) -> None:
    made = office.do(api_keys.make_key, name="网格平台")
    key = made["key"]
    wrong = ["", key[:-1], key[:-1] + ("A" if key[-1] != "A" else "B"), key + "A", "zzzzzzzz" + key[8:], key.upper()]
    assert [None] * len(wrong) == [api_keys.holder(office.database, one, NOW) for one in wrong]
    office.do(api_keys.revoke_key, prefix=made["prefix"])
    assert api_keys.holder(office.database, key, NOW) is None
    with pytest.raises(Invalid, match="revoked_already"):
        office.do(api_keys.revoke_key, prefix=made["prefix"])


def test_the_use_of_a_key_is_noted_to_the_minute(office: Office) -> None:
    key = office.do(api_keys.make_key, name="网格平台")["key"]
    used = []
    for seconds in (0, 59, 61):
        api_keys.holder(office.database, key, NOW + timedelta(seconds=seconds))
        used.append(office.rows(ApiKey)[-1].last_used_at)
    assert [NOW, NOW, NOW + 61 * SECOND] == used


def test_an_admin_of_a_station_makes_sees_and_revokes_keys_of_her_part_only(office: Office) -> None:
    mine = office.key(office.local, site=office.here)
    for place in (None, office.there):
        with pytest.raises(Forbidden):
            office.key(office.local, site=place)
    listed = answer(office.database, api_keys.keys, office.local, now=NOW)
    assert {office.station.id, mine.id} == {row.id for row in office.rows(ApiKey) if row.prefix in _prefixes(listed)}
    with pytest.raises(NotFound):
        office.do(api_keys.revoke_key, office.local, prefix=office.rows(ApiKey)[0].prefix)


def _prefixes(rows: tuple[api_keys.KeyRow, ...]) -> set[str]:
    return {row.prefix for row in rows}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STATION_WORKER, Role.LEADER])
def test_nobody_but_an_admin_makes_keys_or_devices(small_office: Office, role: Role) -> None:
    with pytest.raises(Forbidden):
        small_office.key(an_actor(role))
    with pytest.raises(Forbidden):
        small_office.do(device_calls.add_device, an_actor(role), code="D9", category="repair", grid="G-HERE")


@pytest.mark.parametrize(
    "values", [{"name": " "}, {"name": "x" * 61}, {"per_minute": 0}, {"per_minute": 10**9}], ids=str
)
def test_a_key_without_name_or_with_an_odd_rate_is_none(small_office: Office, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        small_office.do(api_keys.make_key, **({"name": "热线"} | values))


# -- orders


def test_an_order_becomes_an_open_need_and_its_audit_names_the_key(office: Office) -> None:
    made = office.send()
    need = office.need(made["code"])
    assert ("open", [], "online", "grid") == (made["state"], made["to_verify"], need.channel, need.precision)
    (entry,) = [row for row in office.rows(Audit) if row.subject == "need"]
    private = [row for row in office.rows(AuditPersonal) if row.audit_id == entry.id]
    assert (office.county.id, 0, "intake_api.take") == (entry.after["api_key_id"], entry.actor_id, entry.command)
    assert {"name", "phone", "address"} == {row.field for row in private}
    kept = json.dumps([entry.after, *(row.result for row in office.rows(Command))], ensure_ascii=False)
    assert [] == [value for value in ORDER["resident"].values() if value in kept]  # type: ignore[attr-defined]


def test_what_is_missing_is_named_and_verified_later(office: Office) -> None:
    made = office.send(
        place={"words": "老街茶馆对面"}, intervals=None, time_words="明天上午", people=None, category=None
    )
    assert "to_verify" == made["state"]
    assert ["no_place", "vague_time", "no_people", "no_category"] == made["to_verify"]


def test_an_item_of_the_menu_brings_its_category(office: Office) -> None:
    def offer(session: Any) -> None:
        repair = session.scalars(select(Category.id).where(Category.code == "repair")).one()
        for code, retired in (("I1", None), ("I2", NOW.date())):
            row = CatalogueItem(county=COUNTY, code=code, name=code, category_id=repair, retired_on=retired)
            session.add(row)

    office.database.write(offer)
    made = office.send(category=None, item="I1")
    need = office.need(made["code"])
    assert ("open", True) == (made["state"], need.item_id is not None and need.category_id is not None)
    with pytest.raises(intake_api.Unread):
        office.send(key="a2", category=None, item="I2")


def test_an_order_without_a_place_falls_to_the_key_s_site(office: Office) -> None:
    made = office.send(office.station, place={"words": "老街茶馆对面"})
    assert "to_verify" == made["state"] == office.state(made["code"], office.station).state


def test_codes_nobody_knows_are_all_named_at_their_fields(office: Office) -> None:
    with pytest.raises(intake_api.Unread) as refused:
        office.send(
            category="x",
            place={"grid": "y"},
            people=None,
            roles=[{"people": 1}, {"people": 1, "skill": "z"}],
            skills=[{"code": "electric"}, {"code": "u"}],
            repeats="N0",
            resident={"phone": "12"},
            intervals=[{"start": "2026-11-17T11:00:00Z", "end": "2026-11-17T11:00:00Z"}, *ORDER["intervals"]],
        )
    assert {
        ("category",),
        ("place", "grid"),
        ("roles", 1, "skill"),
        ("skills", 1, "code"),
        ("repeats",),
        ("resident", "phone"),
        ("intervals", 0, "end"),
    } == {flaw.where for flaw in refused.value.flaws}
    assert 0 == office.count(Need)


def test_an_order_outside_the_key_s_part_is_refused(office: Office) -> None:
    assert "open" == office.send(office.station)["state"]
    with pytest.raises(Forbidden):
        office.send(office.station, key="a2", place={"grid": "G-THERE"})
    assert 1 == office.count(Need)


def test_a_key_reads_needs_of_its_part_only(office: Office) -> None:
    here, there = office.send(key="h"), office.send(key="t", place={"grid": "G-THERE"})
    assert "open" == office.state(here["code"], office.station).state
    for code in (there["code"], "N0", ""):
        with pytest.raises(NotFound):
            office.state(code, office.station)
    assert "open" == office.state(there["code"]).state


def test_the_same_order_again_gets_the_same_answer(office: Office) -> None:
    first = office.send()
    office.do(needs.cancel, need_id=office.need(first["code"]).id, reason="打错了")
    assert first == office.send()
    assert 1 == office.count(Need) == office.count(Person)


def test_another_order_under_the_same_idempotency_key_is_refused(office: Office) -> None:
    office.send()
    with pytest.raises(intake_api.OtherBody):
        office.send(title="换灯泡")
    assert 1 == office.count(Need)
    # Keys of the API don't know of each other's.
    assert office.send()["code"] != office.send(office.station, title="换灯泡")["code"]


def test_a_refused_order_leaves_its_idempotency_key_free(office: Office) -> None:
    with pytest.raises(Invalid):
        office.send(category="x")
    assert "open" == office.send()["state"]


def test_eight_at_once_with_one_idempotency_key_make_one_need(office: Office) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: office.send(), range(8)))
    assert 1 == office.count(Need)
    assert [made[0]] * 8 == made


# -- devices


def test_a_call_is_an_open_urgent_located_need_in_the_queue(office: Office) -> None:
    done = office.press(holder=office.station)
    assert ("open", "urgent", True, 1, 0) == tuple(
        done[name] for name in ("state", "urgency", "new", "calls", "repeats")
    )
    queue = answer(office.database, needs_queue.queue, an_actor(), now=NOW)
    (row,) = [row for row in queue.rows if row.code == done["code"]]
    assert ("open", "urgent", "point", 1, 1) == (row.state, row.urgency, row.precision, row.seats, row.open_seats)
    assert row.clock is not None and not row.clock.overdue
    assert ("device", "3 楼左", "维修") == (office.need(row.code).channel, office.need(row.code).place_text, row.title)


def test_three_presses_in_a_minute_are_one_need_with_three_calls(office: Office) -> None:
    pressed = [office.press(after) for after in (0, 20, 59)]
    assert 1 == len({done["code"] for done in pressed}) == office.count(Need)
    assert [1, 2, 3] == [done["calls"] for done in pressed]
    assert [True, False, False] == [done["new"] for done in pressed]
    assert 0 == pressed[-1]["repeats"] == office.state(pressed[0]["code"]).repeats
    assert 3 == office.count(DeviceCall)


def test_the_minute_runs_from_the_last_press(office: Office) -> None:
    assert [0, 0, 0, 1] == [office.press(after)["repeats"] for after in (0, 60, 120, 181)]


def test_three_repeats_raise_the_urgency_by_one_and_ask_for_nobody_more(office: Office) -> None:
    code = office.press()["code"]
    office.change(code, urgency="normal")
    before = office.need(code)
    urgency = [office.press(after)["urgency"] for after in (100, 200, 300, 400, 500, 600, 700)]
    assert ["normal", "normal", "soon", "soon", "soon", "urgent", "urgent"] == urgency
    shown = office.state(code)
    assert (1, 8, 7) == (shown.wanted, shown.calls, shown.repeats)
    after = office.need(code)
    assert 1 == office.count(Need) == office.count(NeedRole)
    assert (before.opened_at, before.version + 2) == (after.opened_at, after.version)
    assert after.take_up_due_at is not None and before.take_up_due_at == after.take_up_due_at
    raised = [row.after["urgency"] for row in office.rows(Audit) if row.command == "device_calls.call"][1:]
    assert urgency == raised


def test_presses_of_one_later_moment_are_one_repeat(office: Office) -> None:
    assert [0, 1, 1, 1] == [office.press(after)["repeats"] for after in (0, 200, 210, 220)]


@pytest.mark.parametrize("after", [10, 500])
def test_a_call_after_the_end_of_its_need_is_a_new_one(office: Office, after: int) -> None:
    first = office.press()
    office.do(needs.cancel, need_id=office.need(first["code"]).id, reason="误按")
    again = office.press(after)
    assert again["new"] and again["code"] != first["code"] and again["calls"] == 1


def test_presses_all_at_once_are_one_need(office: Office) -> None:
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda _: office.press(), range(8)))
    assert 1 == office.count(Need)
    assert [1, 2, 3, 4, 5, 6, 7, 8] == sorted(one["calls"] for one in done)
    assert 1 == sum(one["new"] for one in done)


def test_a_request_sent_again_is_no_further_press(office: Office) -> None:
    office.add_device("D2")
    first = office.press(idempotency_key="k")
    assert first == office.press(5, idempotency_key="k")
    assert 1 == office.count(DeviceCall)
    with pytest.raises(intake_api.OtherBody):
        office.press(code="D2", idempotency_key="k")


def test_a_device_off_unknown_or_elsewhere_calls_nobody(office: Office) -> None:
    office.add_device("D2", grid="G-THERE")
    office.do(device_calls.switch_device, code="D1", active=False)
    for code, holder in (("D1", office.county), ("D0", office.county), ("D2", office.station)):
        with pytest.raises(NotFound):
            office.press(code=code, holder=holder)
    office.do(device_calls.switch_device, code="D1", active=True)
    assert "open" == office.press()["state"] == office.press(code="D2")["state"]


def test_a_call_belongs_to_who_wears_the_device(office: Office) -> None:
    def known(session: Any) -> tuple[str, int]:
        person = a_person(session, "田维英")
        return a_need(session, person_id=person.id, code="N1").code, person.id

    code, person = office.database.write(known)
    office.add_device("D3", grid="G-HERE", resident_of=code)
    assert person == office.need(office.press(code="D3")["code"]).person_id
    with pytest.raises(NotFound):
        office.add_device("D4", grid="G-HERE", resident_of="N0")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"code": "D1"}, Conflict),
        ({"code": "一号"}, Invalid),
        ({"category": "x"}, Invalid),
        ({"grid": "x"}, Invalid),
        ({"grid": None}, Invalid),
        ({"grid": None, "lon": 107.9}, Invalid),
        ({"grid": None, "lon": 200.0, "lat": 1.0}, Invalid),
        ({"site": "x"}, NotFound),
    ],
    ids=str,
)
def test_what_is_no_device_is_refused(
    small_office: Office, values: dict[str, Any], error: type[DashboardError]
) -> None:
    with pytest.raises(error):
        small_office.do(device_calls.add_device, **({"code": "D5", "category": "repair", "grid": "G-HERE"} | values))
    assert ["D1"] == [row.code for row in small_office.rows(Device)]


def test_an_admin_of_a_station_has_the_devices_of_her_part(office: Office) -> None:
    office.do(device_calls.add_device, office.local, code="D6", category="repair", grid="G-HERE")
    with pytest.raises(Forbidden):
        office.do(device_calls.add_device, office.local, code="D7", category="repair", grid="G-THERE")
    office.add_device("D8", grid="G-THERE")
    with pytest.raises(NotFound):
        office.do(device_calls.switch_device, office.local, code="D8", active=False)
    assert ["D1", "D6"] == [row.code for row in answer(office.database, device_calls.devices, office.local)]


@given(st.sampled_from(Urgency), st.integers(0, 14))
def test_urgency_rises_by_one_grade_on_every_third_repeat_and_never_falls(urgency: Urgency, repeats: int) -> None:
    """Calls two days apart, each weighed as it comes."""
    grades = [Urgency.NORMAL, Urgency.SOON, Urgency.URGENT]
    raised_at, now, calls = None, urgency, []
    for number in range(repeats):
        calls.append(NOW + timedelta(days=2 * number))
        if repeats_raise(calls, raised_at):
            raised_at, now = calls[-1], next_grade(now)
    assert grades.index(now) == min(2, grades.index(urgency) + repeats // 3)


# -- the shell


def test_keys_and_devices_from_the_shell(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    office = Office(database)

    def shell(*words: str) -> tuple[int, Any]:
        done = main(["key", *words, "--db", str(database.url), "--json"])
        out = capsys.readouterr().out
        return done, json.loads(out) if out else None

    done, made = shell("add", "养老平台", "--site", office.here, "--per-minute", "5")
    found = api_keys.holder(database, made["key"], NOW)
    assert done == 0 and found is not None
    assert (office.here_path, 5) == (found.actor.site_path, found.per_minute)
    assert "养老平台" in [row["name"] for row in shell("list")[1]["keys"]]
    assert 0 == shell("device", "add", "D-7", "--category", "repair", "--grid", "G-HERE", "--place", "门口")[0]
    assert 0 == shell("device", "off", "D-7")[0]
    assert [("D1", True), ("D-7", False)] == sorted(
        ((row["code"], row["active"]) for row in shell("device", "list")[1]["devices"]), reverse=True
    )
    assert 0 == shell("revoke", made["prefix"])[0]
    assert api_keys.holder(database, made["key"], NOW) is None
    assert (1, "api.no_such_key") == (lambda done, said: (done, said["error"]))(*shell("revoke", "zzzzzzzz"))
    assert 0 == main(["key", "list", "--db", str(database.url), "--language", "en"])
    assert made["prefix"] in capsys.readouterr().out
