"""Taking a list of people away as a file is written down: who, when, which list, how many rows."""

from dashboard.core.permissions import Action
from dashboard.services.access import log
from dashboard.services.commands import Work, command


@command(Action.EXPORT)
def note_export(work: Work, *, what: str, rows: int) -> dict[str, int]:
    """The names and masked phones themselves are not kept."""
    log(work, "export", what, None, [], "")
    work.audit("export", None, after={"list": what, "rows": rows})
    return {"rows": rows}
