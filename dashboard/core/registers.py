"""Registers that are edited as a table: whose rows, with which right, which columns, and what each may hold.

What was typed is checked here again, whatever the table let through; the commands ask `checked` before they write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dashboard.core.availability import LEAST_M, MOST_A_DAY, MOST_A_WEEK, MOST_M
from dashboard.core.errors import Invalid
from dashboard.core.intake import clean
from dashboard.core.permissions import Action
from dashboard.core.words import Aspect, GridKind, Season, SiteKind, TeamKind, Urgency, VolunteerStatus


class FieldKind(StrEnum):
    """How a column is edited. What a ROW names (a category) is chosen among rows of the county, by their ids."""

    CHOICE = "choice"
    ROW = "row"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    DAY = "day"


@dataclass(frozen=True)
class Field:
    """A column that is edited; its heading is `registers.field.<name>`. The words of a choice are
    `words.<words>.<value>`. A number is shown divided by `scale`. `typed`: it is never read out of the register, only
    typed in, for it is personal."""

    name: str
    kind: FieldKind
    words: str = ""
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    scale: int = 1
    longest: int = 0
    optional: bool = False
    typed: bool = False

    @property
    def heading(self) -> str:
        return f"registers.field.{self.name}"


@dataclass(frozen=True)
class Register:
    """A register. `column` is the one of a query that tells its rows; `right` is asked of whoever edits it. Its name is
    `registers.name.<key>`."""

    key: str
    column: str
    right: Action
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """Raises Invalid for a column that is not edited."""
        for one in self.fields:
            if one.name == name:
                return one
        raise Invalid("registers.no_field", field=str(name)[:40])


def _choice(name: str, words: str, values: type[StrEnum], *, optional: bool = False) -> Field:
    return Field(name, FieldKind.CHOICE, words, tuple(one.value for one in values), optional=optional)


def _text(name: str, longest: int, *, optional: bool = True, typed: bool = False) -> Field:
    return Field(name, FieldKind.TEXT, longest=longest, optional=optional, typed=typed)


def _number(name: str, least: int, most: int, *, scale: int = 1, optional: bool = False) -> Field:
    return Field(name, FieldKind.NUMBER, least=least, most=most, scale=scale, optional=optional)


_ALL = (
    Register(
        "volunteers",
        "volunteer_id",
        Action.EDIT_VOLUNTEER,
        (
            _choice("status", "volunteer_status", VolunteerStatus),
            _number("cap_day", 0, MOST_A_DAY),
            _number("cap_week", 0, MOST_A_WEEK),
            _number("max_distance_m", LEAST_M, MOST_M, scale=1000),
        ),
    ),
    Register(
        "sites",
        "site_id",
        Action.EDIT_PLACE,
        (
            _text("name", 120, optional=False),
            _choice("site_kind", "site_kind", SiteKind),
            _text("address", 200),
            _text("phone", 40),
            _text("opening", 120),
        ),
    ),
    Register(
        "grids",
        "grid_id",
        Action.EDIT_PLACE,
        (
            _text("name", 120, optional=False),
            _choice("grid_kind", "grid_kind", GridKind),
            _number("households", 0, 100_000, optional=True),
        ),
    ),
    Register(
        "contacts",
        "contact_id",
        Action.EDIT_PLACE,
        (
            _text("duty", 60),
            _number("position", 0, 99),
            Field("valid_to", FieldKind.DAY, optional=True),
            _text("new_name", 60, typed=True),
            _text("new_phone", 40, typed=True),
        ),
    ),
    Register(
        "teams",
        "team_id",
        Action.EDIT_TEAM,
        (
            _text("name", 120, optional=False),
            _choice("team_kind", "team_kind", TeamKind),
            _choice("aspect", "aspect", Aspect, optional=True),
            _text("leader_code", 80),
            Field("shared", FieldKind.FLAG),
            Field("active", FieldKind.FLAG),
            Field("founded_on", FieldKind.DAY, optional=True),
        ),
    ),
    Register(
        "catalogue",
        "item_id",
        Action.EDIT_CATALOGUE,
        (
            _text("name", 120, optional=False),
            Field("category_id", FieldKind.ROW),
            _number("duration_minutes", 10, 960, optional=True),
            _choice("season", "season", Season, optional=True),
            Field("retired_on", FieldKind.DAY, optional=True),
        ),
    ),
    Register(
        "needs",
        "need_id",
        Action.EDIT_NEED,
        (_choice("urgency", "urgency", Urgency), Field("category_id", FieldKind.ROW)),
    ),
)

#: What an editor cell names; one of before there were several edits the first.
REGISTERS: dict[str, Register] = {register.key: register for register in _ALL}
FIRST = _ALL[0].key


def checked(register: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises Invalid that names the column and what it may hold."""
    fields = REGISTERS[register]
    return {name: _checked(fields.field(name), value) for name, value in values.items()}


def _checked(field: Field, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not clean(value)):
        if not field.optional:
            raise Invalid("registers.empty", field_key=field.heading)
        return "" if field.kind is FieldKind.TEXT else None
    if field.kind is FieldKind.CHOICE:
        fits = value in field.choices
    elif field.kind is FieldKind.FLAG:
        fits = isinstance(value, bool)
    elif field.kind is FieldKind.DAY:
        fits = type(value) is date
    elif field.kind is FieldKind.ROW:
        fits = type(value) is int
    elif field.kind is FieldKind.NUMBER:
        if type(value) is not int or not field.least <= value <= field.most:
            least, most = field.least / field.scale, field.most / field.scale
            raise Invalid("registers.bad_number", field_key=field.heading, least=f"{least:g}", most=f"{most:g}")
        fits = True
    else:
        value, fits = clean(str(value)).replace("\x00", ""), True
        if len(value) > field.longest:
            raise Invalid("registers.too_long", field_key=field.heading, most=field.longest)
    if not fits:
        raise Invalid("registers.bad_value", field_key=field.heading)
    return value
