"""The identity of the fund: what it owes for needs, what it paid, and what is in it."""

from sqlalchemy import Select, func, literal, null, or_, select, union_all

from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.tie_out import Line, Term
from dashboard.services.funds import DEPOSIT, PAYMENT, unpaid
from dashboard.services.reach import at_reached_site
from dashboard.services.tie_out_look import View, line
from db.models import Fund, FundEntry, Need, NeedCharge


def fund(view: View) -> Line:
    """Fund's parts of needs = paid + unpaid, each paid to the fen; for the whole county also: deposits less payments
    are what is in the fund."""
    actor = view.actor
    here = (at_reached_site(actor, Need.site_id), NeedCharge.county == actor.county)
    parts = select(func.sum(NeedCharge.fund_fen)).join(Need, Need.id == NeedCharge.need_id)
    paid = (
        select(func.sum(FundEntry.amount_fen))
        .join(Need, Need.id == FundEntry.need_id)
        .where(FundEntry.county == actor.county, at_reached_site(actor, Need.site_id))
    )
    left = Term("fund_parts", view.count(parts.where(*here)))
    right = Term("fund_paid", view.count(paid)), Term("fund_unpaid", view.count(parts.where(*unpaid(actor))))
    wrong = (
        select(Need.code, Need.id.label("need_id"))
        .join(FundEntry, FundEntry.need_id == Need.id)
        .outerjoin(NeedCharge, NeedCharge.need_id == Need.id)
        .where(
            FundEntry.county == actor.county,
            at_reached_site(actor, Need.site_id),
            or_(NeedCharge.id.is_(None), NeedCharge.fund_fen != FundEntry.amount_fen),
        )
    )
    if actor.site_path == WHOLE_COUNTY and _left_over(view) != 0:
        wrong = union_all(wrong, select(literal("fund"), null()))  # type: ignore[assignment]
    return line(view, "fund", (left,), right, wrong, "rules")


def _left_over(view: View) -> int:
    """Deposits less payments less the balance, in fen."""
    here = FundEntry.county == view.actor.county

    def entries(kind: str) -> Select[int]:
        return select(func.sum(FundEntry.amount_fen)).where(here, FundEntry.kind == kind)

    balance = select(Fund.balance_fen).where(Fund.county == view.actor.county)
    return view.count(entries(DEPOSIT)) - view.count(entries(PAYMENT)) - view.count(balance)
