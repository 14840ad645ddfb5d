"""Volunteers of a register into rows: people, what they can do, when they are free, and their teams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from dashboard.core.intake import Villages, name_key, split_words, team_kind
from dashboard.core.masking import address_tail, phone_tail
from dashboard.core.words import Consent, Precision, VolunteerStatus
from dashboard.formats.volunteers import VolunteerRow
from dashboard.services.commands import Work
from dashboard.services.import_context import (
    Answering,
    VillagePoint,
    answering_sites,
    skill_ids,
    village_points,
    villages_of,
)
from dashboard.services.import_ledger import Change, Ledger, Plan, insert_for_ids, insert_rows, update_rows
from dashboard.services.import_volunteers import OF_PERSON, OF_VOLUNTEER, PRIVATE, UNKNOWN_VILLAGE, volunteer_columns
from dashboard.services.persons import initials
from db.models import Availability, Membership, Person, Skill, Team, Volunteer, VolunteerSkill


@dataclass(frozen=True)
class Around:
    """What new and changed rows refer to."""

    sites: Answering
    points: Mapping[str, VillagePoint]
    skills: Mapping[str, int]
    teams: Mapping[str, tuple[int, int | None]]


def store_volunteers(work: Work, plan: Plan[VolunteerRow], ledger: Ledger) -> None:
    """Store the plan: teams that are not there yet, people, volunteers, then what belongs to them."""
    county = work.actor.county
    rows = [*plan.new, *((change.number, change.value) for change in plan.changed)]
    around = Around(
        answering_sites(work.session, county),
        village_points(work.session, county),
        skill_ids(work.session, county),
        _teams(work, rows, ledger),
    )
    values = [value for _, value in plan.new]
    people = insert_for_ids(work.session, Person, [_person_row(work, value) for value in values])
    volunteers = insert_for_ids(
        work.session,
        Volunteer,
        [
            _volunteer_row(work, value, number, person_id, around, ledger)
            for (number, value), person_id in zip(plan.new, people, strict=True)
        ],
    )
    for (number, _), person_id, volunteer_id in zip(plan.new, people, volunteers, strict=True):
        ledger.made(Person, number, person_id)
        ledger.made(Volunteer, number, volunteer_id)
    _insert_belongings(work, list(zip(volunteers, values, strict=True)), around, ledger)
    for change in plan.changed:
        _change(work, change, around, ledger)


def _person_row(work: Work, value: VolunteerRow) -> dict[str, Any]:
    row: dict[str, Any] = {
        "county": work.actor.county,
        "name": value.name[:60],
        "initials": initials(value.name),
        "gender": value.gender,
        "village_code": value.village_code,
    }
    for name in PRIVATE:
        row |= private_columns(work, name, getattr(value, name))
    return row


def private_columns(work: Work, name: str, value: str) -> dict[str, str | None]:
    """The three columns of a phone, address or ID number: value, digest for exact search, tail for display."""
    if not value:
        return {name: None, f"{name}_digest": None, f"{name}_tail": None}
    tail = address_tail(value) if name == "address" else phone_tail(value)
    return {name: value, f"{name}_digest": work.digest(value), f"{name}_tail": tail or None}


def _volunteer_row(
    work: Work, value: VolunteerRow, number: int, person_id: int, around: Around, ledger: Ledger
) -> dict[str, Any]:
    team_site = around.teams[name_key(value.team)][1] if value.team else None
    village_site = around.sites.stations.get(value.village_code or "")
    return (
        volunteer_columns(value)
        | home(value.village_code, around.points)
        | {
            "county": work.actor.county,
            "code": value.source_id or f"V{ledger.batch_id}-{number}",
            "person_id": person_id,
            "site_id": village_site or team_site or around.sites.site(value.village_code, value.town_code),
            "location_at": work.now,
            "status": VolunteerStatus.ACTIVE,
            "languages": [],
            "consent": Consent.UNKNOWN,
            "raw": _raw(value),
            "version": 1,
        }
    )


def _raw(value: VolunteerRow) -> dict[str, str]:
    unknown = {} if value.village_code or not value.village_text else {UNKNOWN_VILLAGE: value.village_text}
    return dict(value.raw) | unknown


def home(village_code: str | None, points: Mapping[str, VillagePoint]) -> dict[str, Any]:
    """The columns of a home known to the village; an unknown village is no place."""
    point = points.get(village_code or "")
    return {
        "precision": Precision.VILLAGE if village_code else Precision.NONE,
        "lon": point.lon if point else None,
        "lat": point.lat if point else None,
        "location_source": point.source if point else "",
    }


def _teams(work: Work, rows: Sequence[tuple[int, VolunteerRow]], ledger: Ledger) -> dict[str, tuple[int, int | None]]:
    """Key of a team's name -> (its id, its site); teams that rows name and nobody stored are made."""
    county = work.actor.county
    stored = work.session.execute(select(Team.id, Team.name, Team.site_id).where(Team.county == county)).all()
    teams = {name_key(row.name): (row.id, row.site_id) for row in stored}
    new: dict[str, tuple[int, str]] = {}
    for number, value in rows:
        if value.team and name_key(value.team) not in teams:
            new.setdefault(name_key(value.team), (number, value.team))
    villages: Villages = villages_of(work.session, county)
    sites = answering_sites(work.session, county)
    homes = [sites.site(None, villages.town_of(name)) for _, name in new.values()]
    ids = insert_for_ids(
        work.session,
        Team,
        [
            {
                "county": county,
                "code": f"T{ledger.batch_id}-{number}",
                "name": name[:120],
                "name_key": key[:120],
                "kind": team_kind(name),
                "site_id": site_id,
                "shared": False,
                "active": True,
                "version": 1,
            }
            for (key, (number, name)), site_id in zip(new.items(), homes, strict=True)
        ],
    )
    for (key, (number, _)), team_id, site_id in zip(new.items(), ids, homes, strict=True):
        teams[key] = (team_id, site_id)
        ledger.made(Team, number, team_id)
    return teams


def _insert_belongings(work: Work, rows: Sequence[tuple[int, VolunteerRow]], around: Around, ledger: Ledger) -> None:
    """Skills, free hours and team of new volunteers."""
    county = work.actor.county
    skills = [
        {"county": county, "volunteer_id": volunteer_id, "skill_id": skill_id, "level": 1}
        for volunteer_id, value in rows
        for skill_id in _known_skills(value.skills, around)
    ]
    hours = [span for volunteer_id, value in rows for span in _hours(county, volunteer_id, value)]
    members = [
        {
            "county": county,
            "team_id": around.teams[name_key(value.team)][0],
            "volunteer_id": volunteer_id,
            "valid_from": value.registered_on or ledger.today,
        }
        for volunteer_id, value in rows
        if value.team
    ]
    for model, made in ((VolunteerSkill, skills), (Availability, hours), (Membership, members)):
        insert_rows(work.session, model, made)


def _known_skills(words: Sequence[str], around: Around) -> list[int]:
    found = (around.skills.get(name_key(word)) for word in words)
    return list(dict.fromkeys(skill_id for skill_id in found if skill_id is not None))


def _hours(county: str, volunteer_id: int, value: VolunteerRow) -> list[dict[str, Any]]:
    return [
        {"county": county, "volunteer_id": volunteer_id, "weekday": day, "start_minute": start, "end_minute": end}
        for day, start, end in value.free.spans
    ]


def _change(work: Work, change: Change[VolunteerRow], around: Around, ledger: Ledger) -> None:
    value, volunteer_id = change.value, change.row_id
    volunteer = work.session.get_one(Volunteer, volunteer_id)
    person = work.session.get_one(Person, volunteer.person_id)
    old_skills = volunteer.skills_raw
    for name, (before, after) in change.columns.items():
        if name in PRIVATE:
            old = getattr(person, name)
            ledger.set_personal(Person, change.number, person.id, name, old, getattr(value, name))
            for column, stored in private_columns(work, name, getattr(value, name)).items():
                setattr(person, column, stored)
        elif name == "team":
            _join(work, volunteer_id, value, around, ledger)
            ledger.set(Volunteer, change.number, volunteer_id, name, before, after)
        elif name in OF_PERSON:
            ledger.set(Person, change.number, person.id, name, before, after)
            setattr(person, name, after)
        else:
            ledger.set(Volunteer, change.number, volunteer_id, name, before, after)
    columns = {name: after for name, (_, after) in change.columns.items() if name in OF_VOLUNTEER}
    if "village_code" in columns and volunteer.precision in (Precision.NONE, Precision.VILLAGE):
        columns |= home(value.village_code, around.points) | {"location_at": work.now}
        person.village_code = value.village_code
    work.session.flush()
    update_rows(work.session, Volunteer, [(volunteer_id, columns | {"raw": _raw(value)})])
    if "skills_raw" in columns:
        _change_skills(work, volunteer_id, split_words(old_skills), value.skills, around)
    if {"availability_raw", "availability_known"} & set(columns):
        work.session.execute(delete(Availability).where(Availability.volunteer_id == volunteer_id))
        insert_rows(work.session, Availability, _hours(work.actor.county, volunteer_id, value))


def _join(work: Work, volunteer_id: int, value: VolunteerRow, around: Around, ledger: Ledger) -> None:
    """A team more: somebody may be in several, and a register that names one ends no other."""
    membership = {
        "county": work.actor.county,
        "team_id": around.teams[name_key(value.team)][0],
        "volunteer_id": volunteer_id,
        "valid_from": ledger.today,
    }
    work.session.execute(insert(Membership), [membership])


def _change_skills(work: Work, volunteer_id: int, before: Sequence[str], after: Sequence[str], around: Around) -> None:
    """Skills the register named before and no longer names go; new ones come; those from elsewhere stay."""
    old, new = set(_known_skills(before, around)), set(_known_skills(after, around))
    here = (VolunteerSkill.volunteer_id == volunteer_id,)
    stored = set(work.session.scalars(select(VolunteerSkill.skill_id).where(*here)))
    gone = list((old - new) & stored)
    work.session.execute(delete(VolunteerSkill).where(*here, VolunteerSkill.skill_id.in_(gone)))
    made = [
        {"county": work.actor.county, "volunteer_id": volunteer_id, "skill_id": skill_id, "level": 1}
        for skill_id in sorted(new - stored)
        if work.session.get(Skill, skill_id) is not None
    ]
    insert_rows(work.session, VolunteerSkill, made)
