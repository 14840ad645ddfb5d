"""Needs of a register: residents, needs with their spans, seats and first event, and the earlier needs they repeat."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from dashboard.core import deadlines
from dashboard.core.intake import WRITTEN, name_key
from dashboard.core.intake_times import COUNTY_TIME
from dashboard.core.needs import EDITABLE
from dashboard.core.words import HOLDS_SEAT, Channel, IntervalRule, NeedState
from dashboard.formats.needs import NeedRow
from dashboard.formats.parsed import Parsed, Problem, Severity
from dashboard.services.commands import Work
from dashboard.services.escalation import escalate
from dashboard.services.import_context import FROM_STATION, Answering, VillagePoint, answering_sites, village_points
from dashboard.services.import_ledger import Change, Ledger, Plan, differing, insert_for_ids, insert_rows, update_rows
from dashboard.services.import_repeats import precision_of, registered_at, repeats
from dashboard.services.import_volunteer_rows import private_columns
from dashboard.services.persons import initials
from dashboard.services.rules import deadline_rules
from db.models import Category, Dispatch, Need, NeedEvent, NeedInterval, NeedRole, NeedSkill, Person, Skill

#: Columns of a need that a register with its own numbers may change while nobody has been sent.
COLUMNS = ("channel", "title", "detail", "urgency", "village_code", "time_text", "people_text")

#: Where a need keeps which row of a visit sheet was noted last.
VISITED = "visit"


def plan_needs(session: Session, county: str, parsed: Parsed[NeedRow], now: datetime) -> Plan[NeedRow]:
    """What the register would change. Key: source id, else the digest of the original row and its occurrence."""
    plan: Plan[NeedRow] = Plan()
    columns = [
        getattr(Need, name) for name in ("id", "code", "state", "source_digest", "source_occurrence", "raw", *COLUMNS)
    ]
    rows = [dict(row) for row in session.execute(select(*columns).where(Need.county == county)).mappings()]
    by_code = {row["code"]: row for row in rows}
    by_digest = {(row["source_digest"], row["source_occurrence"]): row for row in rows if row["source_digest"]}
    live = select(Dispatch.need_id).where(Dispatch.county == county, Dispatch.state.in_(HOLDS_SEAT))
    sent = set(session.scalars(live))
    held = _held(session, county)
    plan.existing = len(rows)
    for row in parsed.rows:
        value = row.value
        if value is None:
            continue
        found = by_code.get(value.source_id) if value.source_id else by_digest.get((value.digest, value.occurrence))
        if value.told is not None:
            _plan_told(plan, row.number, value, found, next(h for h, f in parsed.mapping.items() if f == "source_id"))
        elif found is None:
            plan.new.append((row.number, value))
        elif not (changes := _changes(found, value, held)):
            plan.unchanged.add(row.number)
        elif found["id"] in sent or found["state"] not in EDITABLE:
            column = next((head for head, field in parsed.mapping.items() if field == "source_id"), "")
            problem = Problem(row.number, column, value.source_id, "import_problems.need_in_work", Severity.REFUSED)
            plan.problems.append(problem)
        else:
            plan.changed.append(Change(row.number, found["id"], value, changes))
    plan.linked = len(repeats(session, county, [value for _, value in plan.new], now))
    return plan


def _plan_told(plan: Plan[NeedRow], number: int, value: NeedRow, found: Mapping[str, Any] | None, column: str) -> None:
    """A row of a visit sheet: a note on the need it names, once. Nobody's need and one that is over are refused."""
    if not value.told or (found is not None and (found["raw"] or {}).get(VISITED) == value.digest):
        plan.unchanged.add(number)
    elif found is None or found["state"] not in EDITABLE:
        key = "visit_of_nobody" if found is None else "visit_of_ended"
        plan.problems.append(Problem(number, column, value.source_id, f"import_problems.{key}", Severity.REFUSED))
    else:
        plan.changed.append(Change(number, found["id"], value, {"detail": (None, str(value.told))}))


def _note_told(work: Work, change: Change[NeedRow], ledger: Ledger) -> None:
    """What was said at the visit, below what was wanted; the need's state is for a person to change."""
    need = work.session.get_one(Need, change.row_id)
    before, day = need.detail, work.now.astimezone(COUNTY_TIME).date()
    line = f"{WRITTEN[Channel.VISIT]} {day.isoformat()}：{change.value.told}"
    work.at_version(need, None)
    need.detail = f"{before}\n{line}".strip()
    need.raw = (need.raw or {}) | {VISITED: change.value.digest}
    work.session.flush()
    ledger.set(Need, change.number, need.id, "detail", before, need.detail)


@dataclass(frozen=True)
class Held:
    """What stored needs have: wanted spans and seats. Needs entered by hand have no words of a register for them."""

    spans: Mapping[int, set[tuple[datetime, datetime]]]
    seats: Mapping[int, int]


def _held(session: Session, county: str) -> Held:
    spans: dict[int, set[tuple[datetime, datetime]]] = defaultdict(set)
    wanted = select(NeedInterval.need_id, NeedInterval.start, NeedInterval.end).where(NeedInterval.county == county)
    for row in session.execute(wanted):
        spans[row.need_id].add((row.start, row.end))
    seats = select(NeedRole.need_id, func.sum(NeedRole.head_count).label("people")).where(NeedRole.county == county)
    rows = session.execute(seats.group_by(NeedRole.need_id))
    return Held(spans, {row.need_id: int(row.people) for row in rows})


def _changes(stored: Mapping[str, Any], value: NeedRow, held: Held) -> dict[str, tuple[Any, Any]]:
    """Columns that differ; none for the very row that was stored, whatever somebody has changed since."""
    if stored["source_digest"] == value.digest:
        return {}
    wanted = {name: getattr(value, name) for name in COLUMNS}
    if not stored["time_text"] and set(value.spans) == held.spans.get(stored["id"], set()):
        wanted["time_text"] = None
    if not stored["people_text"] and value.head_count == held.seats.get(stored["id"]):
        wanted["people_text"] = None
    return differing(stored, wanted)


@dataclass(frozen=True)
class Around:
    """What new needs refer to."""

    sites: Answering
    points: Mapping[str, VillagePoint]
    categories: Mapping[str, Category]
    skills: Mapping[str, int]


def store_needs(work: Work, plan: Plan[NeedRow], ledger: Ledger) -> None:
    """Store the plan."""
    county = work.actor.county
    around = Around(
        answering_sites(work.session, county),
        village_points(work.session, county),
        {row.code: row for row in work.session.scalars(select(Category).where(Category.county == county))},
        {row.code: row.id for row in work.session.execute(select(Skill.code, Skill.id).where(Skill.county == county))},
    )
    links = repeats(work.session, county, [value for _, value in plan.new], work.now)
    people = _residents(work, plan.new, ledger)
    rows = [
        _need_row(work, value, number, person_id, around)
        for (number, value), person_id in zip(plan.new, people, strict=True)
    ]
    ids = insert_for_ids(work.session, Need, rows)
    codes = [
        {"code": f"N{row['registered_at'].astimezone(COUNTY_TIME):%y%m%d}-{need_id}"}
        for row, need_id in zip(rows, ids, strict=True)
    ]
    named = [(i, code) for i, code, (_, value) in zip(ids, codes, plan.new, strict=True) if not value.source_id]
    update_codes(work.session, named)
    for need_id, (number, _) in zip(ids, plan.new, strict=True):
        ledger.made(Need, number, need_id)
    _insert_wishes(work, list(zip(ids, rows, (value for _, value in plan.new), strict=True)), around)
    _link(work, links, ids, plan, ledger)
    for change in plan.changed:
        if change.value.told is not None:
            _note_told(work, change, ledger)
        else:
            _change(work, change, around, ledger)


def update_codes(session: Session, named: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Final codes of needs without a number of their own: the day of registration and the row's id."""
    for need_id, values in named:
        named_row = update(Need).where(Need.id == need_id).values(**values)
        session.execute(named_row.execution_options(synchronize_session=False))


def _residents(work: Work, rows: Sequence[tuple[int, NeedRow]], ledger: Ledger) -> list[int | None]:
    """The person of each row: the one with that name and phone (without a phone: and village), else a new one."""
    county = work.actor.county
    stored = work.session.execute(
        select(Person.id, Person.name, Person.phone_digest, Person.village_code)
        .where(Person.county == county, Person.erased_at.is_(None))
        .order_by(Person.id.desc())
    )
    known = {_person_key(row.name, row.phone_digest, row.village_code): row.id for row in stored}
    new: dict[tuple[str, ...], tuple[int, NeedRow]] = {}
    keys: list[tuple[str, ...] | None] = []
    for number, value in rows:
        if not value.name and not value.phone:
            keys.append(None)
            continue
        digest = work.digest(value.phone) if value.phone else None
        key = _person_key(value.name, digest, value.village_code)
        keys.append(key)
        if key not in known:
            new.setdefault(key, (number, value))
    ids = insert_for_ids(work.session, Person, [_person_row(work, value) for _, value in new.values()])
    for key, person_id, (number, _) in zip(new, ids, new.values(), strict=True):
        known[key] = person_id
        ledger.made(Person, number, person_id)
    return [None if key is None else known[key] for key in keys]


def _person_key(name: str, digest: str | None, village_code: str | None) -> tuple[str, ...]:
    return ("phone", name_key(name), digest) if digest else ("village", name_key(name), village_code or "")


def _person_row(work: Work, value: NeedRow) -> dict[str, Any]:
    return {
        "county": work.actor.county,
        "name": value.name[:60],
        "initials": initials(value.name),
        "village_code": value.village_code,
        **private_columns(work, "phone", value.phone),
        **private_columns(work, "address", value.address),
    }


def _need_row(work: Work, value: NeedRow, number: int, person_id: int | None, around: Around) -> dict[str, Any]:
    moment = registered_at(value, work.now)
    category = around.categories.get(value.category or "")
    state = NeedState.TO_VERIFY if value.to_verify else NeedState.OPEN
    return (
        {name: getattr(value, name) for name in COLUMNS}
        | place_columns(value, around)
        | clocks(work, value, category, state, moment)
        | {
            "county": work.actor.county,
            "code": value.source_id or f"new-{value.digest[:24]}-{value.occurrence}",
            "state": state,
            "category_id": category.id if category else None,
            "person_id": person_id,
            "entered_by": work.actor.account_id,
            "interval_rule": IntervalRule.ANY_OF,
            "duration_minutes": _minutes(value),
            "to_verify": list(value.to_verify),
            "registered_at": moment,
            "source_digest": value.digest,
            "source_occurrence": value.occurrence,
            "raw": dict(value.raw),
            "time_text": value.time_text[:120],
            "people_text": value.people_text[:60],
            "version": 1,
        }
    )


def _minutes(value: NeedRow) -> int:
    """The category's usual duration, no longer than the shortest wanted span."""
    lengths = [int((end - start) / timedelta(minutes=1)) for start, end in value.spans]
    return max(1, min(value.duration_minutes, *lengths)) if lengths else value.duration_minutes


def place_columns(value: NeedRow, around: Around) -> dict[str, Any]:
    """Where the need is: its point, else its village's; who answers for it."""
    point = around.points.get(value.village_code or "")
    village = {"lon": point.lon, "lat": point.lat} if point else {"lon": None, "lat": None}
    source = point.source if point else FROM_STATION if value.village_code else ""
    return (village if value.lon is None else {"lon": value.lon, "lat": value.lat}) | {
        "precision": precision_of(value),
        "town_code": value.town_code,
        "site_id": around.sites.site(value.village_code, value.town_code),
        "place_text": value.place_text[:200],
        "place_source": "import" if value.lon is not None else source,
    }


def clocks(
    work: Work, value: NeedRow, category: Category | None, state: NeedState, moment: datetime
) -> dict[str, datetime | None]:
    """Opened when it was registered, and the deadlines that follow; none while it is to be verified."""
    if state is not NeedState.OPEN:
        return {"opened_at": None, "take_up_due_at": None, "close_due_at": None}
    rules = deadline_rules(work.session, work.actor.county, work.now)
    due = deadlines.deadlines(moment, rules.limits(value.urgency, category.deadlines if category else None), rules)
    return {"opened_at": moment, "take_up_due_at": due.take_up, "close_due_at": due.close}


def _insert_wishes(work: Work, rows: Sequence[tuple[int, Mapping[str, Any], NeedRow]], around: Around) -> None:
    """Spans, seats, required skills and the first event of new needs."""
    county = work.actor.county
    spans = [
        {"county": county, "need_id": need_id, "start": start, "end": end}
        for need_id, _, value in rows
        for start, end in value.spans
    ]
    plain = {"county": county, "position": 0, "name": "", "min_level": 1}
    seats = [plain | {"need_id": need_id, "head_count": value.head_count} for need_id, _, value in rows]
    skills = [
        {"county": county, "need_id": need_id, "skill_id": skill_id, "required": True, "min_level": 1}
        for need_id, _, value in rows
        for skill_id in _required(value, around)
    ]
    events = [
        {
            "county": county,
            "need_id": need_id,
            "from_state": None,
            "to_state": row["state"],
            "actor_id": work.actor.account_id,
            "reason": "",
            "happened_at": row["registered_at"],
            "recorded_at": work.now,
        }
        for need_id, row, _ in rows
    ]
    for model, made in ((NeedInterval, spans), (NeedRole, seats), (NeedSkill, skills), (NeedEvent, events)):
        insert_rows(work.session, model, made)


def _required(value: NeedRow, around: Around) -> list[int]:
    category = around.categories.get(value.category or "")
    codes = category.required_skills if category else []
    return [around.skills[code] for code in codes if code in around.skills]


def _link(work: Work, links: Mapping[int, int], ids: Sequence[int], plan: Plan[NeedRow], ledger: Ledger) -> None:
    """Later needs point to the earlier ones they repeat, and enough repeats raise the urgency; nothing is deleted."""
    numbers: dict[int, int] = {}
    for later, earlier in links.items():
        later_id = ids[-later - 1] if later < 0 else later
        earlier_id = ids[-earlier - 1] if earlier < 0 else earlier
        number = plan.new[-(later if later < 0 else earlier) - 1][0]
        work.session.execute(
            update(Need)
            .where(Need.id == later_id)
            .values(earlier_need_id=earlier_id)
            .execution_options(synchronize_session=False)
        )
        ledger.set(Need, number, later_id, "earlier_need_id", None, earlier_id)
        numbers[later_id] = number
    for need, before in escalate(work, numbers):
        number = numbers.get(need.id, next(iter(numbers.values())))
        ledger.set(Need, number, need.id, "urgency", before, need.urgency)


def _change(work: Work, change: Change[NeedRow], around: Around, ledger: Ledger) -> None:
    """New values of a need nobody was sent to: its wishes are written anew, its state follows what is still unclear."""
    value = change.value
    need = work.session.get_one(Need, change.row_id)
    before = NeedState(need.state)
    state = NeedState.TO_VERIFY if value.to_verify else NeedState.OPEN
    category = around.categories.get(value.category or "")
    moment = registered_at(value, work.now)
    columns = {name: after for name, (_, after) in change.columns.items()} | {
        "source_digest": value.digest, "source_occurrence": value.occurrence, "to_verify": list(value.to_verify),
        "category_id": category.id if category else None, "duration_minutes": _minutes(value),
        "raw": dict(value.raw), "state": state,
    }  # fmt: skip
    columns |= place_columns(value, around) | clocks(work, value, category, state, moment)
    update_rows(work.session, Need, [(change.row_id, columns)])
    for name, (old, new) in change.columns.items():
        ledger.set(Need, change.number, change.row_id, name, old, new)
    for model in (NeedInterval, NeedSkill):
        work.session.execute(delete(model).where(model.need_id == change.row_id))
    spans: list[dict[str, Any]] = [{"start": start, "end": end} for start, end in value.spans]
    skills: list[dict[str, Any]] = [{"skill_id": i, "required": True, "min_level": 1} for i in _required(value, around)]
    for model, made in ((NeedInterval, spans), (NeedSkill, skills)):
        insert_rows(work.session, model, [{"county": need.county, "need_id": need.id, **row} for row in made])
    # A register knows no crews: of a role that shrinks below its least, all that is left are needed.
    least = case((NeedRole.least > value.head_count, value.head_count), else_=NeedRole.least)
    work.session.execute(
        update(NeedRole)
        .where(NeedRole.need_id == need.id, NeedRole.position == 0)
        .values(head_count=value.head_count, least=least)
    )
    if state != before:
        event: dict[str, Any] = {"county": need.county, "need_id": need.id, "from_state": before, "to_state": state}
        event |= {"actor_id": work.actor.account_id, "reason": "", "happened_at": work.now, "recorded_at": work.now}
        insert_rows(work.session, NeedEvent, [event])
