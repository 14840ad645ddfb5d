"""One-key call devices: who presses one has an open, urgent, located need at once, and pressing again makes no second.

Presses of one moment are one call. A call made anew while its need is still open is a repeat of it: counted apart,
nobody more is asked for, and every third raises the urgency by one grade.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.intake import clean
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.orders import Order, PlaceWish, RoleWish
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Channel, Subject, Urgency
from dashboard.services import need_life as life
from dashboard.services import needs
from dashboard.services.api_keys import Holder, KeyWork, command_key, in_name_of, site_by_code
from dashboard.services.commands import Work, command, perform
from dashboard.services.escalation import escalate
from dashboard.services.filtering import county_day, valid_on
from dashboard.services.intake_api import OtherBody, calls_of
from dashboard.services.placing import placed
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.engine import Database
from db.models import Category, Device, DeviceCall, Grid, Need, Site

#: A press within this of the device's last one is the same call.
SAME_CALL = timedelta(seconds=60)
#: Help is wanted from the call on. A day, so that a call at night still meets people who are free by day.
WANTED_FOR = timedelta(hours=24)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True)
class DeviceRow:
    """A device as admins see it. `site` is a code, "" for none."""

    code: str
    category: str
    site: str
    place_text: str
    active: bool


def press(
    database: Database, holder: Holder, code: str, *, now: datetime, idempotency_key: str | None = None
) -> dict[str, Any]:
    """`call` for a key. With an idempotency key a repeated request is no further press. Raises OtherBody for one that
    was used for another device."""
    key = None if idempotency_key is None else command_key(holder.id, "call", idempotency_key)
    done: dict[str, Any] = perform(database, call, holder.actor, now=now, key=key, key_id=holder.id, code=code)
    if done["device"] != code:
        raise OtherBody
    return done


@command(Action.EDIT_NEED, Subject.NEEDS)
def call(work: Work, *, key_id: int, code: str) -> dict[str, Any]:
    """Somebody pressed the device: {"device", "code", "state", "urgency", "calls", "repeats", "new"}.

    The device's row stays locked until the end, so presses at the same time come one after the other. Raises NotFound
    for a device that is unknown, switched off or outside the key's part.
    """
    device, path = _locked(work, code)
    if not device.active or not work.actor.reaches(path):
        raise NotFound("api.no_such_device")
    last = work.session.scalar(
        select(DeviceCall)
        .where(DeviceCall.county == device.county, DeviceCall.device_id == device.id)
        .order_by(DeviceCall.id.desc())
        .limit(1)
    )
    # Where the need then lies is for the admin who placed the device to say, not for the key's part of the tree.
    placed_by_admin = replace(work.actor, site_id=device.site_id, site_path=WHOLE_COUNTY)
    with in_name_of(work, key_id, placed_by_admin) as mine:
        need = None if last is None else _still_open(mine, last.need_id)
        if last is None or need is None:
            return _answer(work, device, _new_need(mine, device), new=True)
        _add_call(mine, device, need, is_repeat=work.now - last.at > SAME_CALL)
    return _answer(work, device, need, new=False)


def _locked(work: Work, code: str) -> tuple[Device, str]:
    """The device, locked, and the path of its site."""
    found = work.session.execute(
        select(Device, Site.path)
        .outerjoin(Site, Site.id == Device.site_id)
        .where(Device.county == work.actor.county, Device.code == code)
        .with_for_update(of=Device)
    ).first()
    if found is None:
        raise NotFound("api.no_such_device")
    return found[0], found.path or WHOLE_COUNTY


def _still_open(mine: KeyWork, need_id: int) -> Need | None:
    """The need, locked, while people may still be sent to it. A press after its end is a need of its own."""
    need = life.need_for(mine, need_id)
    return need if need.state in TAKES_PEOPLE else None


def _new_need(mine: KeyWork, device: Device) -> Need:
    order = Order(
        channel=Channel.DEVICE,
        urgency=Urgency.URGENT,
        category_id=device.category_id,
        place=PlaceWish(device.lon, device.lat, device.grid_id, words=device.place_text, source="device"),
        intervals=((mine.now, mine.now + WANTED_FOR),),
        roles=(RoleWish(1),),
    )
    need = mine.session.get_one(Need, needs.create(mine, order=order)["need_id"])
    need.person_id = device.person_id
    _store_call(mine, device, need, is_repeat=False)
    return need


def _add_call(mine: KeyWork, device: Device, need: Need, *, is_repeat: bool) -> None:
    _store_call(mine, device, need, is_repeat=is_repeat)
    before = Urgency(need.urgency)
    calls, repeats = calls_of(mine.session, need)
    if is_repeat:
        escalate(mine, [need.id], told=need.id)
    mine.audit(
        "need",
        need.id,
        before={"urgency": before},
        after={"urgency": need.urgency, "device_id": device.id, "calls": calls, "repeats": repeats},
    )


def _store_call(mine: KeyWork, device: Device, need: Need, *, is_repeat: bool) -> None:
    mine.session.add(
        DeviceCall(county=device.county, device_id=device.id, need_id=need.id, at=mine.now, is_repeat=is_repeat)
    )
    mine.session.flush()


def _answer(work: Work, device: Device, need: Need, *, new: bool) -> dict[str, Any]:
    calls, repeats = calls_of(work.session, need)
    shown = {"code": need.code, "state": need.state, "urgency": need.urgency, "calls": calls, "repeats": repeats}
    return {"device": device.code, **shown, "new": new}


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def add_device(
    work: Work,
    *,
    code: str,
    category: str,
    lon: float | None = None,
    lat: float | None = None,
    grid: str | None = None,
    site: str | None = None,
    place_text: str = "",
    resident_of: str | None = None,
) -> dict[str, Any]:
    """A device at a point (WGS-84) or in a grid; `category`, `grid`, `site` are codes.

    Without `site` it belongs to the site that answers for its place. `resident_of` is the code of a need whose
    resident wears it: no personal value is typed. Raises Invalid for a place or a code nobody knows, Conflict for a
    code in use, Forbidden outside the admin's own part.
    """
    county = work.actor.county
    if CODE.fullmatch(code) is None:
        raise Invalid("api.bad_device_code")
    if work.session.scalar(select(Device.id).where(Device.county == county, Device.code == code)) is not None:
        raise Conflict("api.device_there_already", code=code)
    mine = (Category.county == county, Category.code == category, Category.active.is_(True))
    category_id = work.session.scalar(select(Category.id).where(*mine))
    if category_id is None:
        raise Invalid("needs.unknown_category")
    grid_id = None if grid is None else _grid(work, grid)
    if lon is None and lat is None and grid_id is None:
        raise Invalid("api.device_without_place")
    answers = placed(work.session, county, PlaceWish(lon, lat, grid_id)).site_id
    place = work.session.get(Site, answers) if site is None and answers is not None else None
    if site is not None:
        place = site_by_code(work.session, county, site)
    work.require(Action.MANAGE_ACCOUNTS, place.path if place else WHOLE_COUNTY)
    row = Device(
        county=county,
        code=code,
        person_id=None if resident_of is None else _resident_of(work, resident_of),
        site_id=place.id if place else None,
        grid_id=grid_id,
        lon=lon,
        lat=lat,
        place_text=clean(place_text)[:200],
        category_id=category_id,
        active=True,
    )
    work.session.add(row)
    work.session.flush()
    work.audit("device", row.id, after={"code": code, "category_id": category_id, "site_id": row.site_id})
    return {"device_id": row.id, "code": code}


def _grid(work: Work, code: str) -> int:
    mine = (Grid.county == work.actor.county, Grid.code == code, valid_on(county_day(work.now)))
    found = work.session.scalar(select(Grid.id).where(*mine))
    if found is None:
        raise Invalid("needs.unknown_grid")
    return found


def _resident_of(work: Work, code: str) -> int:
    mine = (Need.county == work.actor.county, Need.code == code, at_reached_site(work.actor, Need.site_id))
    found = work.session.scalar(select(Need.person_id).where(*mine))
    if found is None:
        raise NotFound("api.need_without_resident", code=code)
    return found


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def switch_device(work: Work, *, code: str, active: bool) -> dict[str, Any]:
    """Switch a device off, or on again. Calls of one that is off are refused."""
    try:
        device, path = _locked(work, code)
        work.require(Action.MANAGE_ACCOUNTS, path)
    except Forbidden as error:
        raise NotFound("api.no_such_device") from error
    before, device.active = device.active, active
    work.audit("device", device.id, before={"active": before}, after={"active": active})
    return {"code": code, "active": active}


@question(Subject.ACCOUNTS, Subject.PLACES, Subject.CATALOGUE)
def devices(session: Session, actor: Actor) -> tuple[DeviceRow, ...]:
    """Every device of the admin's part of the tree, by code."""
    require(actor, Action.MANAGE_ACCOUNTS)
    rows = session.execute(
        select(Device, Category.code.label("category"), Site.code.label("site"))
        .join(Category, Category.id == Device.category_id)
        .outerjoin(Site, Site.id == Device.site_id)
        .where(Device.county == actor.county, at_reached_site(actor, Device.site_id))
        .order_by(Device.code)
    )
    return tuple(DeviceRow(row.code, category, site or "", row.place_text, row.active) for row, category, site in rows)
