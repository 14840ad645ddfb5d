"""Do the records of matching agree with themselves: plans with their digests, displacements with their dispatches?"""

import hashlib
import zlib

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from dashboard.core.words import HOLDS_SEAT
from dashboard.services.check_look import Fault, Look, asked, listed
from dashboard.services.match_runs import COMMITTED, unpacked_plan
from db.models import Dispatch, Displacement, MatchRun, Need


def run_plan(look: Look) -> Fault:
    """Runs and sent drafts whose stored plan is missing, can't be read, or is not the one its digest was taken of."""
    rows = look.session.execute(
        select(MatchRun.id, MatchRun.plan, MatchRun.plan_digest)
        .where(
            MatchRun.county == look.county,
            or_(MatchRun.draft_of.is_(None), MatchRun.state == COMMITTED, MatchRun.plan.is_not(None)),
        )
        .order_by(MatchRun.id)
        .execution_options(yield_per=20)
    )
    return listed([f"#{row.id}" for row in rows if not _fits(row.plan, row.plan_digest)])


def _fits(plan: bytes | None, digest: str | None) -> bool:
    if plan is None or digest is None:
        return False
    try:
        return hashlib.sha256(unpacked_plan(plan)).hexdigest() == digest
    except zlib.error:
        return False


def displacement(look: Look) -> Fault:
    """Displacements whose withdrawn dispatch holds its seat again, or whose dispatches go to other needs or people than
    they say."""
    withdrawn, sent, replaced = aliased(Dispatch), aliased(Dispatch), aliased(Dispatch)
    wrong = or_(
        withdrawn.state.in_(HOLDS_SEAT),
        sent.need_id != Displacement.need_id,
        sent.volunteer_id != withdrawn.volunteer_id,
        withdrawn.need_id == Displacement.need_id,
        replaced.need_id != withdrawn.need_id,
        replaced.volunteer_id == withdrawn.volunteer_id,
    )
    return asked(
        look,
        select(Need.code)
        .select_from(Displacement)
        .join(Need, Need.id == Displacement.need_id)
        .join(withdrawn, withdrawn.id == Displacement.dispatch_id)
        .join(sent, sent.id == Displacement.sent_dispatch_id)
        .outerjoin(replaced, replaced.id == Displacement.replaced_dispatch_id)
        .where(Displacement.county == look.county, wrong),
    )
