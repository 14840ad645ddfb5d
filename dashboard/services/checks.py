"""Do the data agree with themselves? Every check is one question; its key is a promise to scripts (docs/commands.md).

A check finds rows at fault: rows that no command writes, so somebody or something wrote past them. Its two sentences
are `checks.<key>` (what holds) and `checks.<key>.mend` (what to do where it doesn't).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.services import check_grids, check_needs, check_places, check_records, check_runs, check_spine
from dashboard.services.check_look import Check, Fault, Look
from db import migrate
from db.engine import Database

#: Key -> question, in the order in which they are told.
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        check_spine.walls,
        check_needs.need_state,
        check_needs.need_history,
        check_needs.dispatch_state,
        check_needs.dispatch_history,
        check_needs.event_need,
        check_needs.dispatch_role,
        check_needs.two_places,
        check_needs.overfilled,
        check_needs.hand_over,
        check_needs.open_incomplete,
        check_needs.flow,
        check_places.site_path,
        check_places.site_level,
        check_places.site_circle,
        check_places.site_root,
        check_places.site_sum,
        check_places.village_town,
        check_grids.grid_code,
        check_grids.grid_shape,
        check_grids.grid_overlap,
        check_grids.grid_outside,
        check_grids.point_unlisted,
        check_grids.point_listed,
        check_grids.point_grid,
        check_records.service_minutes,
        check_records.service_overlap,
        check_records.duty_overlap,
        check_records.service_consent,
        check_needs.service_dispatch,
        check_records.rating_answer,
        check_runs.run_plan,
        check_runs.displacement,
        check_records.person_digest,
        check_records.sign_in_open,
        check_spine.audit_batch,
        check_spine.import_counts,
        check_spine.revisions,
        check_spine.other_county,
    )
}
#: The first of all: where it fails the others can't be asked.
SCHEMA = "schema"


@dataclass(frozen=True)
class Finding:
    """What a check found: rows at fault, the first few by code or "#id", and further gaps of its sentence."""

    key: str
    found: int
    names: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        return self.found == 0

    def plain(self) -> dict[str, Any]:
        """The shape scripts may rely on."""
        return {"key": self.key, "ok": self.ok, "found": self.found}


def schema(database: Database) -> Finding:
    """Is the schema the one this version of the program was written for? Its one name is the revision it is at."""
    at = migrate.current(database)
    right = at == migrate.head()
    return Finding(SCHEMA, 0 if right else 1, () if right else (at or "-",), {})


def examine(
    database: Database, actor: Actor, *, now: datetime, progress: Callable[[int, int, str], None] | None = None
) -> tuple[Finding, ...]:
    """Ask every check on one snapshot of the actor's county. Raises Forbidden to those who may not see the audit of the
    whole county. Call only where `schema` found nothing."""
    require(actor, Action.SEE_AUDIT, WHOLE_COUNTY)
    with database.read() as session:
        return ask_all(Look(session, actor.county, now), progress)


def ask_all(look: Look, progress: Callable[[int, int, str], None] | None = None) -> tuple[Finding, ...]:
    """Every check, in order. `progress` is told (done, of how many, key)."""
    found: list[Finding] = []
    for number, (key, check) in enumerate(CHECKS.items(), start=1):
        found.append(_finding(key, check(look)))
        if progress is not None:
            progress(number, len(CHECKS), key)
    return tuple(found)


def _finding(key: str, fault: Fault) -> Finding:
    return Finding(key, fault.found, fault.names, fault.values)
