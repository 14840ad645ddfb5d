"""Orders sent by other systems: what their body means in our codes, the need it becomes, and what they may read of it.

The shape of the body (which fields, how long) is checked at the door (`web/api_schema.py`); here its codes are looked
up and its order is taken by `needs.create`, like one entered by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.intake import phone
from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish, SkillWish
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import HOLDS_SEAT, Channel, DispatchState, Gender, IntervalRule, Subject, Urgency
from dashboard.services import needs
from dashboard.services.api_keys import Holder, command_key, in_name_of
from dashboard.services.commands import Work, command, digest_key, keyed_digest, perform
from dashboard.services.filtering import county_day, valid_on
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.engine import Database
from db.models import CatalogueItem, Category, DeviceCall, Dispatch, Grid, Need, NeedRole, Skill

#: People who have said yes, whatever became of it since.
ACCEPTED = tuple(state for state in HOLDS_SEAT if state is not DispatchState.OFFERED)


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one field: the way to it in the body, and the key and values of the sentence."""

    where: tuple[str | int, ...]
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Unread(Invalid):
    """A body whose fields can't be taken, all of them named at once."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__("api.bad_body")
        self.flaws = flaws


class OtherBody(Invalid):
    """An idempotency key that was used before, with something else."""

    def __init__(self) -> None:
        super().__init__("api.other_body")


@dataclass(frozen=True)
class NeedView:
    """What another system may read of a need: nothing personal. Times are UTC; `calls` are presses of a device."""

    code: str
    state: str
    urgency: str
    to_verify: tuple[str, ...]
    registered_at: datetime
    opened_at: datetime | None
    take_up_due_at: datetime | None
    taken_up_at: datetime | None
    close_due_at: datetime | None
    closed_at: datetime | None
    wanted: int
    sent: int
    accepted: int
    calls: int
    repeats: int


def send_in(
    database: Database, holder: Holder, body: Mapping[str, Any], *, idempotency_key: str, now: datetime
) -> dict[str, Any]:
    """Take the order of a body: {"code", "state", "to_verify"}. The same key and body again return the first answer.

    Raises Unread for codes nobody knows, OtherBody for a key used with another body, Forbidden outside the key's part
    of the county, Invalid for what no order can be.
    """
    said = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with database.read() as session:
        digest = keyed_digest(digest_key(session), said)
    key = command_key(holder.id, "need", idempotency_key)
    done = perform(
        database, take, holder.actor, now=now, key=key, key_id=holder.id, body=dict(body), body_digest=digest
    )
    if done["body"] != digest:
        raise OtherBody
    return {name: done[name] for name in ("code", "state", "to_verify")}


@command(Action.EDIT_NEED, Subject.NEEDS)
def take(work: Work, *, key_id: int, body: Mapping[str, Any], body_digest: str) -> dict[str, Any]:
    """The order of a body that fits the schema, as a need. Codes are looked up within the transaction."""
    order, repeats = order_of(work.session, work.actor, body, work.now)
    with in_name_of(work, key_id) as mine:
        made = needs.create(mine, order=order, repeats=repeats)
    need = work.session.get_one(Need, made["need_id"])
    return {"code": need.code, "state": need.state, "to_verify": list(need.to_verify), "body": body_digest}


@question(Subject.NEEDS)
def need_state(session: Session, actor: Actor, *, code: str) -> NeedView:
    """A need within the key's reach, as it stands. Raises NotFound for any other."""
    require(actor, Action.SEE_NEEDS)
    need = session.scalar(
        select(Need).where(Need.county == actor.county, Need.code == code, at_reached_site(actor, Need.site_id))
    )
    if need is None:
        raise NotFound("needs.no_such")
    wanted = select(func.sum(NeedRole.head_count)).where(NeedRole.county == need.county, NeedRole.need_id == need.id)
    calls, repeats = calls_of(session, need)
    return NeedView(
        code=need.code,
        state=need.state,
        urgency=need.urgency,
        to_verify=tuple(need.to_verify),
        registered_at=need.registered_at,
        opened_at=need.opened_at,
        take_up_due_at=need.take_up_due_at,
        taken_up_at=need.taken_up_at,
        close_due_at=need.close_due_at,
        closed_at=need.closed_at,
        wanted=int(session.scalar(wanted) or 0),
        sent=_people(session, need, HOLDS_SEAT),
        accepted=_people(session, need, ACCEPTED),
        calls=calls,
        repeats=repeats,
    )


def calls_of(session: Session, need: Need) -> tuple[int, int]:
    """(presses of a device, repeats) of a need. Repeats: calls made anew while it was open, and needs linked to it."""
    mine = (DeviceCall.county == need.county, DeviceCall.need_id == need.id)
    calls, again = session.execute(
        select(func.count(), func.count().filter(DeviceCall.is_repeat.is_(True))).where(*mine)
    ).one()
    linked = select(func.count()).where(Need.county == need.county, Need.earlier_need_id == need.id)
    return calls, again + (session.scalar(linked) or 0)


def _people(session: Session, need: Need, states: tuple[DispatchState, ...]) -> int:
    mine = (Dispatch.county == need.county, Dispatch.need_id == need.id, Dispatch.state.in_(states))
    return session.scalar(select(func.count(func.distinct(Dispatch.seat_of))).where(*mine)) or 0


def order_of(session: Session, actor: Actor, body: Mapping[str, Any], now: datetime) -> tuple[Order, int | None]:
    """The order a body means, and the need it says to repeat. Raises Unread with every field that can't be taken."""
    reader = _Reader(session, actor, now)
    place = body.get("place", {})
    item_id, items_category = reader.item(body.get("item"))
    order = Order(
        channel=Channel(body["channel"]),
        urgency=Urgency(body.get("urgency", Urgency.NORMAL)),
        category_id=reader.category(body.get("category")) or items_category,
        item_id=item_id,
        title=body["title"],
        detail=body.get("detail", ""),
        place=PlaceWish(
            lon=place.get("lon"),
            lat=place.get("lat"),
            grid_id=reader.grid(place.get("grid")),
            village_code=place.get("village"),
            words=place.get("words", ""),
            source="api",
        ),
        intervals=reader.intervals(body.get("intervals", [])),
        interval_rule=IntervalRule(body.get("interval_rule", IntervalRule.ANY_OF)),
        duration_minutes=_whole(body.get("duration_minutes")),
        time_words=body.get("time_words", ""),
        roles=reader.roles(body),
        people_words=body.get("people_words", ""),
        whole=body.get("whole"),
        skills=reader.skills(body.get("skills")),
        language=body.get("language"),
        language_hard=body.get("language_hard", False),
        gender=Gender(body["gender"]) if "gender" in body else None,
        gender_hard=body.get("gender_hard", False),
        resident=reader.person("resident", body.get("resident", {})),
        reporter=reader.person("reporter", body.get("reporter", {})),
    )
    repeats = reader.need(body.get("repeats"))
    if reader.flaws:
        raise Unread(tuple(reader.flaws))
    return order, repeats


def _whole(value: float | None) -> int | None:
    """JSON knows one kind of number: 60.0 is 60."""
    return None if value is None else int(value)


class _Reader:
    """Looks codes up in the county and collects what can't be taken."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session, self.actor, self.now = session, actor, now
        self.flaws: list[Flaw] = []
        self._skills: dict[str, int] | None = None

    def _flaw(self, key: str, *where: str | int, **values: object) -> None:
        self.flaws.append(Flaw(where, key, values))

    def category(self, code: str | None) -> int | None:
        mine = (Category.county == self.actor.county, Category.code == code, Category.active.is_(True))
        return self._id(code, select(Category.id).where(*mine), "category")

    def item(self, code: str | None) -> tuple[int | None, int | None]:
        """The item and its category: an order of an item lacks no category."""
        offered = or_(CatalogueItem.retired_on.is_(None), CatalogueItem.retired_on > county_day(self.now))
        mine = (CatalogueItem.county == self.actor.county, CatalogueItem.code == code, offered)
        found = self._id(code, select(CatalogueItem.id).where(*mine), "item")
        return found, None if found is None else self.session.get_one(CatalogueItem, found).category_id

    def grid(self, code: str | None) -> int | None:
        mine = (Grid.county == self.actor.county, Grid.code == code, valid_on(county_day(self.now)))
        return self._id(code, select(Grid.id).where(*mine), "place", "grid")

    def need(self, code: str | None) -> int | None:
        mine = (Need.county == self.actor.county, Need.code == code, at_reached_site(self.actor, Need.site_id))
        return self._id(code, select(Need.id).where(*mine), "repeats")

    def _id(self, code: str | None, query: Any, *where: str | int) -> int | None:
        found: int | None = None if code is None else self.session.scalar(query)
        if code is not None and found is None:
            self._flaw("api.unknown_code", *where, code=code)
        return found

    def skill(self, code: str, *where: str | int) -> int | None:
        if self._skills is None:
            rows = self.session.execute(select(Skill.code, Skill.id).where(Skill.county == self.actor.county))
            self._skills = {row.code: row.id for row in rows}
        if code not in self._skills:
            self._flaw("api.unknown_code", *where, code=code)
        return self._skills.get(code)

    def skills(self, wishes: list[dict[str, Any]] | None) -> tuple[SkillWish, ...] | None:
        """None: those of the category."""
        if wishes is None:
            return None
        found = [(self.skill(wish["code"], "skills", at, "code"), wish) for at, wish in enumerate(wishes)]
        return tuple(
            SkillWish(skill_id, wish.get("required", True), int(wish.get("min_level", 1)))
            for skill_id, wish in found
            if skill_id is not None
        )

    def roles(self, body: Mapping[str, Any]) -> tuple[RoleWish, ...]:
        if "people" in body:
            return (RoleWish(int(body["people"])),)
        return tuple(
            RoleWish(
                people=int(wish["people"]),
                skill_id=self.skill(wish["skill"], "roles", at, "skill") if "skill" in wish else None,
                min_level=int(wish.get("min_level", 1)),
                name=wish.get("name", ""),
                least=_whole(wish.get("least")),
            )
            for at, wish in enumerate(body.get("roles", []))
        )

    def intervals(self, spans: list[dict[str, str]]) -> tuple[tuple[datetime, datetime], ...]:
        read = [
            tuple(self._time(span[end], "intervals", at, end) for end in ("start", "end"))
            for at, span in enumerate(spans)
        ]
        found = []
        for at, (start, end) in enumerate(read):
            if start is None or end is None:
                continue
            if start >= end:
                self._flaw("needs.span_backwards", "intervals", at, "end")
            found.append((start, end))
        return tuple(found)

    def _time(self, words: str, *where: str | int) -> datetime | None:
        """A time by RFC 3339 in UTC. A leap second or a year before our era is a time no office means."""
        try:
            return datetime.fromisoformat(words.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            self._flaw("api.flaw.format", *where)
            return None

    def person(self, name: str, said: Mapping[str, str]) -> Caller:
        number = said.get("phone", "")
        if number.strip() and not phone(number).valid:
            self._flaw("needs.bad_phone", name, "phone")
        return Caller(said.get("name", ""), number, said.get("address", ""))
