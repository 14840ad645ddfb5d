"""A table of plain values: what a query gives and what the cells of a notebook hand to one another."""

from dataclasses import dataclass

#: Days and moments travel as ISO 8601 text.
Scalar = str | int | float | None


@dataclass(frozen=True)
class Frame:
    """Rows of values under named columns. `cut`: there were more rows than the reader may have at once."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    cut: bool = False
