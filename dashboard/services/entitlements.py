"""Evidence of entitlements: entered at a resident's need with its paper, withdrawn when it was wrong,
never deleted; and her year of birth."""

from datetime import date
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import Action
from dashboard.core.prices import OLDEST
from dashboard.core.words import Subject
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command
from dashboard.services.need_writing import require_reason
from dashboard.services.rules import price_rules
from db.models import Entitlement, Need, Person

#: Letters of a paper's name and number.
LONGEST = 80


@command(Action.EDIT_NEED, Subject.PEOPLE)
def enter(
    work: Work, *, need_id: int, kind: str, document: str, valid_from: date, valid_to: date | None = None
) -> dict[str, Any]:
    """The need's resident is entitled to this kind of help on these days, both included, by this paper.

    Raises Invalid for a kind the rules of prices don't name, without a paper, for days that are no span, and at a need
    whose resident nobody knows.
    """
    person_id = _resident(work, need_id)
    paper = " ".join(document.replace("\x00", "").split())
    if not paper or len(paper) > LONGEST:
        raise Invalid("prices.document_missing", longest=LONGEST)
    if valid_to is not None and valid_to < valid_from:
        raise Invalid("prices.bad_days")
    if kind not in price_rules(work.session, work.actor.county, work.now)[1].kinds:
        raise Invalid("prices.no_such_kind")
    row = Entitlement(
        county=work.actor.county,
        person_id=person_id,
        kind=kind,
        document=paper,
        # A short number is no tail: it would be the whole.
        document_tail=paper[-4:] if len(paper) >= 8 else "",
        valid_from=valid_from,
        valid_to=valid_to,
        entered_by=work.actor.account_id,
        entered_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    after = {"person": person_id, "valid_from": valid_from, "valid_to": valid_to}
    work.audit(
        "entitlement",
        row.id,
        after=after,
        personal=[(person_id, "kind", None, kind), (person_id, "document", None, paper)],
    )
    return {"entitlement_id": row.id}


@command(Action.EDIT_NEED, Subject.PEOPLE)
def set_birth_year(work: Work, *, need_id: int, birth_year: int, seen: int | None) -> dict[str, Any]:
    """The year the need's resident was born in: tiers may ask for an age. `seen` is the year the editor saw: Conflict
    where it is another by now."""
    person = work.session.get_one(Person, _resident(work, need_id), with_for_update=True, populate_existing=True)
    if person.birth_year != seen:
        raise Conflict("prices.year_changed")
    if not work.now.year - OLDEST <= birth_year <= work.now.year:
        raise Invalid("prices.bad_year")
    before = None if person.birth_year is None else str(person.birth_year)
    person.birth_year = birth_year
    work.audit("person", person.id, personal=[(person.id, "birth_year", before, str(birth_year))])
    return {"person_id": person.id}


@command(Action.EDIT_NEED, Subject.PEOPLE)
def withdraw(work: Work, *, need_id: int, entitlement_id: int, reason: str) -> dict[str, Any]:
    """This evidence of the need's resident was wrong or is taken back. What was charged by it stays as it was."""
    require_reason(reason)
    person_id = _resident(work, need_id)
    row = work.session.scalar(
        select(Entitlement)
        .where(
            Entitlement.county == work.actor.county,
            Entitlement.id == entitlement_id,
            Entitlement.person_id == person_id,
            Entitlement.withdrawn_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound("prices.no_such_entitlement")
    row.withdrawn_at = work.now
    work.audit("entitlement", row.id, after={"withdrawn": True}, reason=" ".join(reason.split()))
    return {"entitlement_id": row.id}


def _resident(work: Work, need_id: int) -> int:
    """The resident of a need within reach, by someone who may see entitlements."""
    work.require(Action.SEE_ENTITLEMENTS)
    need: Need = life.need_for(work, need_id)
    if need.person_id is None:
        raise Invalid("prices.nobody_named")
    return need.person_id
