"""Price tiers as versions: what holds, tried on what was charged in the last twelve months, published from a day on;
and the prices of the menu they work on.

A version binds services of its days. What was charged before is kept with its need and stays.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.price_trial import Case, Trial, tried
from dashboard.core.prices import DEFAULT_PRICES, Price, PriceRules
from dashboard.core.words import Subject
from dashboard.services.charges import county_date, kept_facts
from dashboard.services.commands import Work, command
from dashboard.services.need_writing import require_reason
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.rules import Published, price_rules, published
from dashboard.services.settings import locked_rules, store_rules
from db.models import CatalogueItem, Category, Need, NeedCharge

KIND = "prices"
#: Rules are tried on what was charged in so many days.
LOOKED_BACK = timedelta(days=365)
#: So many of the needs whose price would change are listed.
LISTED = 200


@dataclass(frozen=True)
class Version:
    """A stored version and its tiers."""

    published: Published
    rules: PriceRules


@dataclass(frozen=True)
class HeldPrices:
    """What holds now (version 0: the product's own), the newest version's number, and all versions, newest first."""

    version: int
    newest: int
    rules: PriceRules
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Changed:
    """A need in another tier or at another price, by its code: (tier, fen the resident pays)."""

    need_id: int
    code: str
    item: str
    served_on: date
    before: tuple[str, int]
    after: tuple[str, int]


@dataclass(frozen=True)
class TriedPrices:
    """A trial within the reader's part."""

    since: date
    trial: Trial
    listed: tuple[Changed, ...]


@dataclass(frozen=True)
class PricedService:
    """A service of the menu by its name: at how many sites it is offered; its price, None while it is free."""

    name: str
    category_id: int
    category: str
    sites: int
    market_fen: int | None
    material_fen: int | None


@question(Subject.RULES, Subject.ACCOUNTS)
def held(session: Session, actor: Actor, *, now: datetime) -> HeldPrices:
    """The tiers that hold now, with every version."""
    require(actor, Action.EDIT_RULES)
    version, rules = price_rules(session, actor.county, now)
    rows = published(session, actor.county, KIND)
    versions = tuple(Version(one, PriceRules.of(one.data)) for one in rows)
    return HeldPrices(version, rows[0].version if rows else 0, rules, versions)


@question(Subject.RULES, Subject.NEEDS, Subject.PLACES, Subject.CATALOGUE)
def trial(session: Session, actor: Actor, *, now: datetime, rules: PriceRules) -> TriedPrices:
    """What these tiers would have made of the needs charged in the last twelve months, by what was known then."""
    require(actor, Action.EDIT_RULES)
    PriceRules.of(rules.plain())
    since = county_date(now - LOOKED_BACK)
    rows = session.execute(
        select(NeedCharge, Need.code, CatalogueItem.name)
        .join(Need, Need.id == NeedCharge.need_id)
        .join(CatalogueItem, CatalogueItem.id == NeedCharge.item_id)
        .where(
            NeedCharge.county == actor.county,
            NeedCharge.served_on >= since,
            NeedCharge.served_on <= county_date(now),
            at_reached_site(actor, Need.site_id),
        )
        .order_by(NeedCharge.served_on.desc(), NeedCharge.need_id)
    ).all()
    cases = (
        Case(
            row.need_id,
            Price(row.market_fen, row.material_fen),
            kept_facts(row.facts),
            row.served_on,
            row.tier,
            row.resident_fen,
        )
        for row, _, _ in rows
    )
    found = tried(cases, rules)
    names = {row.need_id: (code, item, row.served_on) for row, code, item in rows}
    listed = tuple(Changed(one.need_id, *names[one.need_id], one.before, one.after) for one in found.changes[:LISTED])
    return TriedPrices(since, found, listed)


@command(Action.EDIT_RULES, Subject.RULES)
def publish(
    work: Work, *, rules: PriceRules, reason: str, version: int, valid_from: datetime | None = None
) -> dict[str, Any]:
    """A new version of the whole county's price tiers, from `valid_from` (now, unless told otherwise) on.

    `version` is the newest the editor saw: Conflict names who stored another since. Raises Invalid for rules that are
    none, that change nothing, or that would begin in the past.
    """
    data = rules.plain()
    wanted = PriceRules.of(data)
    last = locked_rules(work, KIND, version)
    before = DEFAULT_PRICES if last is None else last.data
    if PriceRules.of(before) == wanted:
        raise Invalid("rules.nothing_changed")
    return store_rules(work, KIND, last, data, valid_from=valid_from, before=before, after=data, reason=reason)


@question(Subject.CATALOGUE)
def services(session: Session, actor: Actor, *, now: datetime, language: str = "zh") -> tuple[PricedService, ...]:
    """Every service on the menu by its name and category, the priced ones first."""
    require(actor, Action.EDIT_RULES)
    english = case((Category.name_en == "", Category.name), else_=Category.name_en)
    called = Category.name if language == "zh" else english
    rows = session.execute(
        select(
            CatalogueItem.name,
            CatalogueItem.category_id,
            called.label("category"),
            func.count(CatalogueItem.id).label("sites"),
            func.max(CatalogueItem.market_fen).label("market_fen"),
            func.max(CatalogueItem.material_fen).label("material_fen"),
        )
        .join(Category, Category.id == CatalogueItem.category_id)
        .where(CatalogueItem.county == actor.county, _offered(county_date(now)))
        .group_by(CatalogueItem.name, CatalogueItem.category_id, Category.name, Category.name_en, Category.position)
        .order_by(func.max(CatalogueItem.market_fen).is_(None), Category.position, CatalogueItem.name)
    )
    return tuple(PricedService(*row) for row in rows)


@command(Action.EDIT_RULES, Subject.CATALOGUE)
def set_price(
    work: Work, *, name: str, category_id: int, market_fen: int | None, material_fen: int | None, reason: str
) -> dict[str, Any]:
    """One price for a service wherever it is on the menu of the county, or none (a free service). It binds needs that
    are confirmed from now on."""
    work.require(work.action, WHOLE_COUNTY)
    require_reason(reason)
    if (market_fen is None) != (material_fen is None):
        raise Invalid("prices.bad_price")
    if market_fen is not None and material_fen is not None:
        Price(market_fen, material_fen)
    items = work.session.scalars(
        select(CatalogueItem)
        .where(
            CatalogueItem.county == work.actor.county,
            CatalogueItem.name == name,
            CatalogueItem.category_id == category_id,
            _offered(county_date(work.now)),
        )
        .order_by(CatalogueItem.id)
        .with_for_update()
    ).all()
    if not items:
        raise NotFound("prices.no_such_service")
    before = sorted({(one.market_fen or 0, one.material_fen or 0) for one in items})
    work.session.execute(
        update(CatalogueItem)
        .where(CatalogueItem.id.in_([one.id for one in items]))
        .values(market_fen=market_fen, material_fen=material_fen)
        .execution_options(synchronize_session=False)
    )
    after = {"service": name, "market_fen": market_fen, "material_fen": material_fen, "items": len(items)}
    work.audit("price", None, before={"prices": before}, after=after, reason=" ".join(reason.split()))
    return {"service": name, "items": len(items)}


def _offered(today: date) -> Any:
    return or_(CatalogueItem.retired_on.is_(None), CatalogueItem.retired_on > today)
