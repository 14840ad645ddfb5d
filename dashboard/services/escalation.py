"""Repeats as escalation: the calls behind a need, people and calls counted apart, and the grade three of them raise.

Needs linked to each other as repeats are one trouble. Its first need that is not over bears what its repeats raise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.needs import EDITABLE, next_grade, repeats_raise
from dashboard.core.notices import Kind
from dashboard.core.words import Urgency
from dashboard.services import need_life as life
from dashboard.services.commands import Work
from dashboard.services.notice_notes import note
from db.models import DeviceCall, Need

#: Most ids of one query.
_CHUNK = 1000


@dataclass(frozen=True)
class Call:
    """A need of a trouble."""

    id: int
    earlier: int | None
    person_id: int | None
    registered_at: datetime
    state: str
    raised_at: datetime | None


@dataclass(frozen=True)
class Behind:
    """What stands behind a need: the needs of its trouble, oldest first; how often somebody called, and how many
    people did. A need whose resident nobody knows counts for one person more only where it is the only one."""

    needs: tuple[int, ...]
    calls: int
    people: int


def calls_behind(session: Session, county: str, ids: Iterable[int]) -> dict[int, Behind]:
    """The calls behind each of these needs: the needs linked with it, and what a device called again."""
    wanted = set(ids)
    groups = _groups(session, county, wanted)
    pressed = _pressed_again(session, county, {call.id for group in groups for call in group})
    found: dict[int, Behind] = {}
    for group in groups:
        people = {call.person_id for call in group if call.person_id is not None}
        calls = len(group) + sum(len(pressed.get(call.id, ())) for call in group)
        behind = Behind(tuple(call.id for call in group), calls, max(1, len(people)))
        found |= {call.id: behind for call in group if call.id in wanted}
    return found


def escalate(work: Work, ids: Iterable[int], *, told: int | None = None) -> list[tuple[Need, Urgency]]:
    """After links were made to or from these needs, or a device called again: raise what their repeats raise; returns
    the needs raised and their urgency before. A trouble that is over is raised no more.

    Each has its audit row, but for the need `told`, whose caller writes one.
    """
    work.session.flush()
    county = work.actor.county
    groups = _groups(work.session, county, set(ids))
    pressed = _pressed_again(work.session, county, {call.id for group in groups for call in group})
    raised = []
    for group in groups:
        repeats = [call.registered_at for call in group[1:]] + [at for call in group for at in pressed.get(call.id, ())]
        last = max((call.raised_at for call in group if call.raised_at is not None), default=None)
        bearer = next((call for call in group if call.state in EDITABLE), None)
        if bearer is None or not repeats_raise(repeats, last):
            continue
        need = work.session.scalars(select(Need).where(Need.id == bearer.id).with_for_update()).one()
        before, after = Urgency(need.urgency), next_grade(Urgency(need.urgency))
        need.raised_at = work.now
        raise_urgency(work, need, after)
        about = f"{need.id}:{int(work.now.timestamp())}"
        note(work, Kind.RAISED, about, subject_id=need.id, site_id=need.site_id, need_id=need.id)
        if need.id != told:
            said = {"urgency": after, "repeats": len(repeats)}
            work.audit("need", need.id, before={"urgency": before}, after=said)
        raised.append((need, before))
    return raised


def raise_urgency(work: Work, need: Need, urgency: Urgency) -> None:
    """A higher grade: the clocks run from when it was opened, as after an edit, and an older edit is refused."""
    work.at_version(need, None)
    need.urgency = urgency
    if need.opened_at is not None:
        taken_up = need.taken_up_at
        life.start_clocks(work, need, need.opened_at)
        need.taken_up_at = taken_up
    work.session.flush()


def _groups(session: Session, county: str, ids: set[int]) -> list[list[Call]]:
    """The troubles of these needs, each with its needs from the oldest on; all followed link by link at once."""
    known: dict[int, Call] = {}
    asked: set[int] = set()
    ahead = set(ids)
    while ahead:
        asked |= ahead
        known |= {call.id: call for call in _around(session, county, sorted(ahead))}
        above = {call.earlier for call in known.values() if call.earlier is not None}
        ahead = (set(known) | above) - asked
    return _joined(known)


def _around(session: Session, county: str, ids: Sequence[int]) -> list[Call]:
    """These needs and those that repeat them."""
    columns = (Need.id, Need.earlier_need_id, Need.person_id, Need.registered_at, Need.state, Need.raised_at)
    found: list[Call] = []
    for first in range(0, len(ids), _CHUNK):
        some = ids[first : first + _CHUNK]
        for column in (Need.id, Need.earlier_need_id):
            rows = session.execute(select(*columns).where(Need.county == county, column.in_(some)))
            found += [Call(*row) for row in rows]
    return found


def _joined(known: Mapping[int, Call]) -> list[list[Call]]:
    """The needs of each trouble, oldest first. Links lead to needs registered before, so they end."""
    groups: dict[int, list[Call]] = {}
    first_of: dict[int, int] = {}
    for call in sorted(known.values(), key=lambda one: (one.registered_at, one.id)):
        # The earlier need comes first in this order, so its own first one is known by now.
        first_of[call.id] = first_of.get(call.earlier or 0, call.id)
        groups.setdefault(first_of[call.id], []).append(call)
    return list(groups.values())


def _pressed_again(session: Session, county: str, ids: set[int]) -> dict[int, list[datetime]]:
    """When a device called anew while its need was open, by need."""
    pressed: dict[int, list[datetime]] = {}
    wanted = sorted(ids)
    for first in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(DeviceCall.need_id, DeviceCall.at).where(
                DeviceCall.county == county,
                DeviceCall.need_id.in_(wanted[first : first + _CHUNK]),
                DeviceCall.is_repeat.is_(True),
            )
        )
        for need_id, at in rows:
            pressed.setdefault(need_id, []).append(at)
    return pressed
