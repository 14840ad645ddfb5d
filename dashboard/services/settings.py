"""Writing what holds for a whole county: its settings, and versions of its rules. One way for all of them.

Whoever writes locks first, compares what the editor saw with what holds, and then stores: two admins never overwrite
each other unseen.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Conflict, Invalid
from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.show_times import stamp
from dashboard.services.commands import Work
from dashboard.services.need_writing import require_reason
from db.engine import lock_rows
from db.models import Account, RuleSet, Setting


def locked_setting(work: Work, key: str) -> Setting | None:
    """The county's row of a setting, None where it was never set. Nobody else writes it until the end of the
    transaction. Only with the command's right for the whole county."""
    work.require(work.action, WHOLE_COUNTY)
    lock_rows(work.session, f"setting:{work.actor.county}:{key}", [0])
    mine = (Setting.county == work.actor.county, Setting.key == key)
    return work.session.scalar(select(Setting).where(*mine).execution_options(populate_existing=True))


def store_setting(
    work: Work,
    key: str,
    row: Setting | None,
    value: Mapping[str, Any],
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
) -> None:
    """Store a setting in the row that `locked_setting` gave, with the reason in the audit."""
    require_reason(reason)
    if row is None:
        row = Setting(county=work.actor.county, key=key, value={})
        work.session.add(row)
    row.value, row.changed_at = dict(value), work.now
    work.session.flush()
    work.audit("setting", row.id, before=before, after=after, reason=" ".join(reason.split()))


def locked_rules(work: Work, kind: str, seen: int | None) -> RuleSet | None:
    """The newest version of a kind of rules, None before the first. Nobody else stores one until the end of the
    transaction. Only with the command's right for the whole county. Conflict, naming who and when, where that isn't the
    version the editor saw (None: never mind)."""
    work.require(work.action, WHOLE_COUNTY)
    lock_rows(work.session, f"rule_set:{work.actor.county}:{kind}", [0])
    mine = (RuleSet.county == work.actor.county, RuleSet.kind == kind)
    last = work.session.scalar(select(RuleSet).where(*mine).order_by(RuleSet.version.desc()).limit(1))
    if last is not None and seen is not None and seen != last.version:
        who = work.session.scalar(select(Account.display_name).where(Account.id == last.author_id)) or "system"
        raise Conflict("rules.changed_meanwhile", who=who, at=stamp(last.created_at), version=last.version)
    return last


def store_rules(
    work: Work,
    kind: str,
    last: RuleSet | None,
    data: Mapping[str, Any],
    *,
    valid_from: datetime | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
) -> dict[str, Any]:
    """Store the version after `last`, from `valid_from` (now, unless told otherwise) on. Raises Invalid without a
    reason, for a beginning in the past, and where nothing changed."""
    require_reason(reason)
    begin = valid_from or work.now
    if begin < work.now:
        raise Invalid("rules.in_the_past")
    if before == after:
        raise Invalid("rules.nothing_changed")
    row = RuleSet(
        county=work.actor.county,
        kind=kind,
        version=1 if last is None else last.version + 1,
        valid_from=begin,
        data=dict(data),
        author_id=work.actor.account_id,
        reason=reason.strip(),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.audit("rule_set", row.id, before=before, after=after, reason=reason)
    return {"version": row.version, "valid_from": begin.isoformat()}
