"""Is what a plan rests on still so? Every change since it was solved is named: who did what, when.

Called under the locks of the commit: the volunteers' first, then the needs' by `lock_needs`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.show_times import stamp
from dashboard.core.words import ConstraintKind, NeedState
from dashboard.services.commands import Work
from dashboard.services.dispatch_checks import account_name
from dashboard.services.match_policy import policy_at
from dashboard.services.need_life import holding_role
from dashboard.services.plan_basis import Basis, Booking, Refusal, Word, needs_seen, words_in_force
from db.models import (
    Account,
    Audit,
    Constraint,
    Hold,
    Need,
    NeedEvent,
    NeedRole,
    Person,
    RuleSet,
    Site,
    Volunteer,
)

#: An account's name and the moment of its deed.
Deed = tuple[str, str]
NOBODY: Deed = ("system", "")


def lock_needs(work: Work, need_ids: Iterable[int]) -> dict[int, tuple[Need, str]]:
    """The needs of the county among these, locked in ascending order, each with its site's path."""
    rows = work.session.execute(
        select(Need, Site.path)
        .outerjoin(Site, Site.id == Need.site_id)
        .where(Need.id.in_(sorted(set(need_ids))), Need.county == work.actor.county)
        .order_by(Need.id)
        .with_for_update(of=Need)
        .execution_options(populate_existing=True)
    ).all()
    # A need of no site is the whole county's affair.
    return {need.id: (need, path or WHOLE_COUNTY) for need, path in rows}


def changes(
    work: Work, bookings: Sequence[Booking], basis: Basis, needs: Mapping[int, tuple[Need, str]]
) -> list[Refusal]:
    """What of the plan's basis has changed, need by need, and the rules; nothing when it all still holds."""
    used = sorted({booking.need_id for booking in bookings})
    found = _rules(work, basis)
    found += [Refusal("needs.no_such", {}, need_id) for need_id in used if need_id not in needs]
    there = {need_id: needs[need_id] for need_id in used if need_id in needs}
    found += _states(work, there, basis)
    found += _seats(work, there, basis)
    found += _held(work, there)
    found += _words(work, {need_id: need.code for need_id, (need, _) in there.items()}, bookings, basis)
    found += _crews(work, {need_id: need for need_id, (need, _) in there.items()}, bookings)
    return found


def _rules(work: Work, basis: Basis) -> list[Refusal]:
    now = policy_at(work.session, work.actor.county, work.now).version
    if now == basis.rule_version:
        return []
    row = work.session.execute(
        select(RuleSet.author_id, RuleSet.created_at).where(
            RuleSet.county == work.actor.county, RuleSet.kind == "matching", RuleSet.version == now
        )
    ).first()
    who, at = NOBODY if row is None else (account_name(work.session, row.author_id), stamp(row.created_at))
    return [Refusal("match_drafts.rules_changed", {"who": who, "at": at, "version": now})]


def _states(work: Work, needs: Mapping[int, tuple[Need, str]], basis: Basis) -> list[Refusal]:
    """Needs out of reach, that take nobody any more, or that were edited."""
    moved = [need for need, _ in needs.values() if NeedState(need.state) not in TAKES_PEOPLE]
    edited = [
        need
        for need, _ in needs.values()
        if need not in moved and (need.id not in basis.needs or need.version != basis.needs[need.id].version)
    ]
    by = _last_events(work, [need.id for need in moved], of_dispatches=False)
    edits = _last_edits(work, [need.id for need in edited])
    found = [
        Refusal("permissions.scope", {"action": work.action}, need.id)
        for need, path in needs.values()
        if not work.actor.reaches(path)
    ]
    found += [_told(f"match_drafts.need_{need.state}", need, by) for need in moved]
    return found + [_told("match_drafts.need_edited", need, edits) for need in edited]


def _told(key: str, need: Need, deeds: Mapping[int, Deed], **values: Any) -> Refusal:
    who, at = deeds.get(need.id, NOBODY)
    return Refusal(key, {"code": need.code, "who": who, "at": at} | values, need.id)


def _seats(work: Work, needs: Mapping[int, tuple[Need, str]], basis: Basis) -> list[Refusal]:
    """Needs to which somebody was sent, or from which somebody was taken back."""
    now = needs_seen(work.session, work.actor.county, needs)
    differ = [
        need
        for need, _ in needs.values()
        if need.id in basis.needs and need.id in now and dict(basis.needs[need.id].seats) != dict(now[need.id].seats)
    ]
    by = _last_events(work, [need.id for need in differ], of_dispatches=True)
    return [
        _told(
            "match_drafts.seats_changed",
            need,
            by,
            before=sum(basis.needs[need.id].seats.values()),
            left=sum(now[need.id].seats.values()),
        )
        for need in differ
    ]


def _last_events(work: Work, need_ids: Sequence[int], *, of_dispatches: bool) -> dict[int, Deed]:
    """Who moved each need (or a dispatch of it) last, and when."""
    which = NeedEvent.dispatch_id.is_not(None) if of_dispatches else NeedEvent.dispatch_id.is_(None)
    last = (
        select(func.max(NeedEvent.id))
        .where(NeedEvent.county == work.actor.county, NeedEvent.need_id.in_(list(need_ids)), which)
        .group_by(NeedEvent.need_id)
    )
    rows = work.session.execute(
        select(NeedEvent.need_id, NeedEvent.recorded_at, Account.display_name)
        .outerjoin(Account, Account.id == NeedEvent.actor_id)
        .where(NeedEvent.id.in_(last))
    )
    return {need_id: (name or "system", stamp(at)) for need_id, at, name in rows}


def _last_edits(work: Work, need_ids: Sequence[int]) -> dict[int, Deed]:
    """Who changed each need's wishes last, and when."""
    return _deeds(work, "need", ("needs.edit",), need_ids)


def _deeds(work: Work, subject: str, commands: Sequence[str], ids: Sequence[int]) -> dict[int, Deed]:
    last = (
        select(func.max(Audit.id))
        .where(
            Audit.county == work.actor.county,
            Audit.subject == subject,
            Audit.subject_id.in_(list(ids)),
            Audit.command.in_(commands),
        )
        .group_by(Audit.subject_id)
    )
    rows = work.session.execute(
        select(Audit.subject_id, Audit.at, Account.display_name)
        .outerjoin(Account, Account.id == Audit.actor_id)
        .where(Audit.id.in_(last))
    )
    return {row_id: (name or "system", stamp(at)) for row_id, at, name in rows if row_id is not None}


def _held(work: Work, needs: Mapping[int, tuple[Need, str]]) -> list[Refusal]:
    """Needs another coordinator has in hand."""
    rows = work.session.execute(
        select(Hold.need_id, Hold.expires_at, Account.display_name)
        .outerjoin(Account, Account.id == Hold.account_id)
        .where(
            Hold.county == work.actor.county,
            Hold.need_id.in_(sorted(needs)),
            Hold.expires_at > work.now,
            Hold.account_id != work.actor.account_id,
        )
        .order_by(Hold.need_id)
    )
    return [
        Refusal(
            "holds.held_by",
            {"code": needs[need_id][0].code, "who": name or "system", "until": stamp(until)},
            need_id,
        )
        for need_id, until, name in rows
    ]


def _words(work: Work, codes: Mapping[int, str], bookings: Sequence[Booking], basis: Basis) -> list[Refusal]:
    """Pins and forbidden pairs that no longer hold, and pins said since that the plan doesn't keep. A pair forbidden
    since breaks a rule of its row."""
    now = set(words_in_force(work.session, work.actor.county, codes, work.now))
    before = {word for word in basis.words if word.need_id in codes}
    sent = {(booking.need_id, booking.volunteer_id) for booking in bookings}
    gone = sorted(before - now)
    new = sorted(
        word
        for word in now - before
        if word.kind == ConstraintKind.PIN and (word.need_id, word.volunteer_id) not in sent
    )
    if not gone and not new:
        return []
    names = _names(work, [word.volunteer_id for word in (*gone, *new)])
    withdrawn = _deeds(work, "constraint", ("constraints.withdraw",), [word.constraint_id for word in gone])
    said = _deeds(work, "constraint", ("constraints.pin",), [word.constraint_id for word in new])
    expired = _expiries(work, [word.constraint_id for word in gone])

    def told(key: str, word: Word, deed: Deed) -> Refusal:
        values = {"code": codes[word.need_id], "volunteer": names[word.volunteer_id], "who": deed[0], "at": deed[1]}
        return Refusal(key, values, word.need_id, None, word.volunteer_id)

    found = [
        told(f"match_drafts.{word.kind}_withdrawn", word, withdrawn[word.constraint_id])
        if word.constraint_id in withdrawn
        else told(f"match_drafts.{word.kind}_expired", word, ("", expired.get(word.constraint_id, "")))
        for word in gone
    ]
    return found + [told("match_drafts.pin_new", word, said.get(word.constraint_id, NOBODY)) for word in new]


def _names(work: Work, volunteer_ids: Sequence[int]) -> dict[int, str]:
    rows = work.session.execute(
        select(Volunteer.id, Person.name)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.id.in_(sorted(set(volunteer_ids))))
    )
    return {row.id: row.name for row in rows}


def _expiries(work: Work, ids: Sequence[int]) -> dict[int, str]:
    rows = work.session.execute(select(Constraint.id, Constraint.expires_at).where(Constraint.id.in_(list(ids))))
    return {row_id: _stamp(at) for row_id, at in rows}


def _stamp(at: datetime | None) -> str:
    return "" if at is None else stamp(at)


def _crews(work: Work, needs: Mapping[int, Need], bookings: Sequence[Booking]) -> list[Refusal]:
    """Crews that would go with fewer people of a role than they can go with."""
    crews = sorted(need_id for need_id, need in needs.items() if need.whole)
    if not crews:
        return []
    sent = Counter(booking.role_id for booking in bookings)
    rows = work.session.execute(
        select(
            NeedRole.id,
            NeedRole.need_id,
            NeedRole.name,
            func.coalesce(NeedRole.least, NeedRole.head_count).label("least"),
            holding_role().label("taken"),
        )
        .where(NeedRole.county == work.actor.county, NeedRole.need_id.in_(crews))
        .order_by(NeedRole.need_id, NeedRole.position)
    )
    return [
        Refusal(
            "match_drafts.crew_short",
            {"code": needs[row.need_id].code, "role": row.name, "missing": row.least - row.taken - sent[row.id]},
            row.need_id,
            row.id,
        )
        for row in rows
        if row.taken + sent[row.id] < row.least
    ]
