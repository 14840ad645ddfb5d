"""How a result differs from the one before: rows added, gone and changed.

Rows are told apart by a key that no one declares: the first column where it holds text or an id and no value twice,
else as many text columns as make every row another. Without such a key a row that differs is gone and added.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.core.frames import Frame, Scalar

#: Rows of each sort that are kept to be shown.
KEPT = 20

Row = tuple[Scalar, ...]


@dataclass(frozen=True)
class FrameChanges:
    """The counts, and the first rows of each: `rows_changed` as (before, after). `columns`: do the columns differ?"""

    added: int = 0
    gone: int = 0
    changed: int = 0
    columns: bool = False
    rows_added: tuple[Row, ...] = ()
    rows_gone: tuple[Row, ...] = ()
    rows_changed: tuple[tuple[Row, Row], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.changed or self.columns)


def frame_changes(before: Frame, after: Frame) -> FrameChanges:
    """What changed from one result to the next. With other columns every row is another."""
    if before.columns != after.columns:
        return _told(before.rows, after.rows, (), columns=True)
    gone, added = _rest(before.rows, after.rows), _rest(after.rows, before.rows)
    key = _key(before, after)
    if key is None:
        return _told(gone, added, ())
    old = {tuple(row[at] for at in key): row for row in gone}
    new = {tuple(row[at] for at in key): row for row in added}
    changed = [(old[one], row) for one, row in new.items() if one in old]
    return _told(
        [row for one, row in old.items() if one not in new],
        [row for one, row in new.items() if one not in old],
        changed,
    )


def _told(
    gone: Sequence[Row], added: Sequence[Row], changed: Sequence[tuple[Row, Row]], *, columns: bool = False
) -> FrameChanges:
    return FrameChanges(
        len(added), len(gone), len(changed), columns, tuple(added[:KEPT]), tuple(gone[:KEPT]), tuple(changed[:KEPT])
    )


def _rest(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """The rows that are not among the others, each counted as often as it stands."""
    left = Counter(map(_exact, others))
    found = []
    for row in rows:
        exact = _exact(row)
        if left[exact] > 0:
            left[exact] -= 1
        else:
            found.append(row)
    return found


def _exact(row: Row) -> tuple[object, ...]:
    """1 and 1.0 count as the same number, 1 and "1" don't."""
    return tuple(("text", value) if isinstance(value, str) else value for value in row)


def _key(before: Frame, after: Frame) -> tuple[int, ...] | None:
    """The columns that tell rows apart in both results."""
    if before.columns and (_is_text(before, after, 0) or _is_id(before.columns[0])) and _single(before, after, (0,)):
        return (0,)
    tried: tuple[int, ...] = ()
    for at in range(len(before.columns)):
        if _is_text(before, after, at):
            tried = (*tried, at)
            if _single(before, after, tried):
                # With every column in the key a row can't change.
                return tried if len(tried) < len(before.columns) else None
    return None


def _is_id(name: str) -> bool:
    return name.lower() in ("id", "code") or name.lower().endswith(("_id", "_code"))


def _is_text(before: Frame, after: Frame, at: int) -> bool:
    values = [row[at] for rows in (before.rows, after.rows) for row in rows if row[at] is not None]
    return all(isinstance(value, str) for value in values)


def _single(before: Frame, after: Frame, key: tuple[int, ...]) -> bool:
    return all(
        len({tuple(row[at] for at in key) for row in frame.rows}) == len(frame.rows) for frame in (before, after)
    )
