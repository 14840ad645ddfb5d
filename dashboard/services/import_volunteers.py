"""Volunteers of a register against those stored: who is new, who is whom, and what differs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.intake import name_key
from dashboard.core.intake_times import Weekly
from dashboard.core.words import Gender
from dashboard.formats.parsed import Parsed, Problem, Severity
from dashboard.formats.volunteers import VolunteerRow
from dashboard.services.commands import digest_key, keyed_digest
from dashboard.services.import_context import (
    skill_ids,
)
from dashboard.services.import_ledger import Change, Plan, differing
from db.models import Availability, Membership, Person, Team, Volunteer, VolunteerSkill

#: Columns of a volunteer, and of her person, that a register may change.
OF_VOLUNTEER = ("village_code", "availability_raw", "availability_known", "skills_raw", "registered_on")
OF_PERSON = ("gender",)
PRIVATE = ("phone", "address", "id_number")
#: Where `Volunteer.raw` keeps the text of a village nobody knows: part of the key of somebody without a phone.
UNKNOWN_VILLAGE = "unknown_village"
_Key = tuple[str, ...]


@dataclass(frozen=True)
class Digests:
    """Keyed digests for the rows being compared; the same key as the write path's."""

    key: bytes

    def of(self, value: str) -> str | None:
        return keyed_digest(self.key, value) if value else None


def plan_volunteers(session: Session, county: str, parsed: Parsed[VolunteerRow]) -> Plan[VolunteerRow]:
    """What the register would change. Key: source id, else name and phone, else name and village without a phone."""
    plan: Plan[VolunteerRow] = Plan()
    digests = Digests(digest_key(session))
    stored = _stored(session, county)
    plan.existing = len(stored)
    by_code = {row["code"]: row for row in stored}
    by_key = {key: row for row in reversed(stored) for key in _keys_of(row)}
    held = Held(_current_teams(session, county), _skills_of(session, county), _hours_of(session, county))
    known = skill_ids(session, county)
    seen: set[_Key] = set()
    for row in parsed.rows:
        value = row.value
        if value is None:
            continue
        found = by_code.get(value.source_id) if value.source_id else by_key.get(_key(value, digests))
        if value.key in seen:
            plan.unchanged.add(row.number)
        elif found is None:
            plan.new.append((row.number, value))
        elif value.source_id and name_key(found["name"]) != name_key(value.name):
            column = next((head for head, mapped in parsed.mapping.items() if mapped == "source_id"), "")
            plan.problems.append(
                Problem(row.number, column, value.source_id, "import_problems.person_is_taken", Severity.REFUSED)
            )
        elif changes := _changes(found, value, digests, held, known):
            plan.changed.append(Change(row.number, found["id"], value, changes))
        else:
            plan.unchanged.add(row.number)
        seen.add(value.key)
    return plan


def _stored(session: Session, county: str) -> list[Mapping[str, Any]]:
    volunteer = [getattr(Volunteer, name) for name in ("id", "code", "person_id", "raw", *OF_VOLUNTEER)]
    person = [getattr(Person, name) for name in ("name", *OF_PERSON, *(f"{name}_digest" for name in PRIVATE))]
    rows = session.execute(
        select(*volunteer, *person)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.county == county, Person.erased_at.is_(None))
        .order_by(Volunteer.id)
    )
    return [dict(row) for row in rows.mappings()]


def _keys_of(row: Mapping[str, Any]) -> list[_Key]:
    name = name_key(row["name"])
    if row["phone_digest"]:
        return [("phone", name, row["phone_digest"])]
    return [("village", name, row["village_code"] or name_key((row["raw"] or {}).get(UNKNOWN_VILLAGE, "")))]


def _key(value: VolunteerRow, digests: Digests) -> _Key:
    name = name_key(value.name)
    if value.phone:
        return ("phone", name, digests.of(value.phone) or "")
    return ("village", name, value.village_code or name_key(value.village_text))


@dataclass(frozen=True)
class Held:
    """What stored volunteers have: teams they are in, skills, weekly hours."""

    teams: set[tuple[int, str]]
    skills: Mapping[int, set[int]]
    hours: Mapping[int, set[Weekly]]


def _changes(
    stored: Mapping[str, Any], value: VolunteerRow, digests: Digests, held: Held, known: Mapping[str, int]
) -> dict[str, tuple[Any, Any]]:
    """Columns that differ; free time also where the office's table has since given its words a meaning.

    Skills and hours entered by hand leave no words of a register: then it is the meaning that is compared.
    """
    wanted = volunteer_columns(value) | {"gender": None if value.gender is Gender.UNKNOWN else value.gender}
    if not value.free.known:
        wanted["availability_known"] = None
    words = {known.get(name_key(word)) for word in value.skills}
    if not stored["skills_raw"] and words == held.skills.get(stored["id"], set()):
        wanted["skills_raw"] = None
    if not stored["availability_raw"] and set(value.free.spans) == held.hours.get(stored["id"], set()):
        wanted["availability_raw"] = None
    changes = differing(stored, wanted)
    for name in PRIVATE:
        digest = digests.of(getattr(value, name))
        if digest is not None and digest != stored[f"{name}_digest"]:
            changes[name] = (stored[f"{name}_digest"], digest)
    if value.team and (stored["id"], name_key(value.team)) not in held.teams:
        changes["team"] = (None, value.team)
    return changes


def volunteer_columns(value: VolunteerRow) -> dict[str, Any]:
    return {
        "village_code": value.village_code,
        "availability_raw": value.availability_text[:200],
        "availability_known": value.free.known,
        "skills_raw": value.skills_text[:200],
        "registered_on": value.registered_on,
    }


def _current_teams(session: Session, county: str) -> set[tuple[int, str]]:
    rows = session.execute(
        select(Membership.volunteer_id, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.county == county, Membership.valid_to.is_(None))
    )
    return {(row.volunteer_id, name_key(row.name)) for row in rows}


def _skills_of(session: Session, county: str) -> Mapping[int, set[int]]:
    held: dict[int, set[int]] = defaultdict(set)
    pairs = select(VolunteerSkill.volunteer_id, VolunteerSkill.skill_id).where(VolunteerSkill.county == county)
    for row in session.execute(pairs):
        held[row.volunteer_id].add(row.skill_id)
    return held


def _hours_of(session: Session, county: str) -> Mapping[int, set[Weekly]]:
    held: dict[int, set[Weekly]] = defaultdict(set)
    columns = (Availability.volunteer_id, Availability.weekday, Availability.start_minute, Availability.end_minute)
    for row in session.execute(select(*columns).where(Availability.county == county)):
        held[row.volunteer_id].add((row.weekday, row.start_minute, row.end_minute))
    return held
