"""The office's matching rules as the core's policy."""

from datetime import datetime

from sqlalchemy.orm import Session

from dashboard.core.matching.policy import DEFAULT, Policy
from dashboard.services.rules import rule_row


def policy_at(session: Session, county: str, now: datetime) -> Policy:
    """The policy that holds now; the product's own where the county has no rule row."""
    row = rule_row(session, county, "matching", now)
    if not row.version:
        return DEFAULT
    return Policy.build(row.version, row.data.get("weights", {}), row.data.get("settings"))
