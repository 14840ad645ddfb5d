"""What the sample's desk has agreed on keeps the rules of the product, and is the same for the same sample."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select

from dashboard.core.permissions import system_actor
from dashboard.services import checks, contracts
from dashboard.services.sample_rounds import HOUSEHOLDS, RULES, SERIES, agree
from dashboard.services.ticks import tick
from db.engine import Database
from db.models import Contract, Message, RecurringNeed
from tests.builders import COUNTY

LUNCH = "{site}午餐".format
TODAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)


def test_it_is_made_by_the_rules_leaves_gaps_and_is_the_same_for_the_same_sample(
    county: Database, small_county: Path, tmp_path: Path
) -> None:
    made = agree(county, TODAY, lunch=LUNCH)
    assert made.series == SERIES and made.rounds == 3 and made.offers > 0 and made.contracts > max(HOUSEHOLDS)
    with county.read() as session:
        assert {row.rule for row in session.scalars(select(RecurringNeed))} >= set(RULES[:1])
        kept = select(func.count()).select_from(Contract).group_by(Contract.volunteer_id)
        assert max(session.scalars(kept)) <= contracts.MOST
        assert session.scalar(select(func.count()).where(Message.kind == "offered")) == made.offers
    shutil.copy(small_county, tmp_path / "other.db")
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    assert made == agree(other, TODAY, lunch=LUNCH)
    columns = (RecurringNeed.rule, RecurringNeed.keeper_id, RecurringNeed.substitute_id, RecurringNeed.person_id)
    with county.read() as one, other.read() as two:
        assert one.execute(select(*columns)).all() == two.execute(select(*columns)).all()
    other.dispose()
    assert tick(county, COUNTY, MIDNIGHT).alarms > 0
    found = checks.examine(county, system_actor(COUNTY), now=MIDNIGHT)
    assert [] == [one.plain() for one in found if not one.ok]
