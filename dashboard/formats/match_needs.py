"""The needs of a problem file, with their roles, as the lines of the matching."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.core.matching.lines import STEP_MINUTES, Lines
from dashboard.core.matching.words import UNLIMITED, Codebook
from dashboard.formats.match_document import Id, plain_id, rows_by_id
from dashboard.formats.match_people import Table, columns, known_skill, place_of
from dashboard.formats.match_times import Clock, Span
from dashboard.formats.mistakes import pointer

#: Times at which a service could begin, over all lines: more would take minutes and gigabytes.
LARGEST_STARTS = 2_000_000
#: What a role says for itself where the need says it for all.
_OWN = ("languages", "language_hard", "gender", "gender_hard")
_USUAL = {"languages": (), "language_hard": False, "gender": "unknown", "gender_hard": False}
_NAMED = ("preferred", "excluded", "taken")

#: (need, role) of a line; no role where the need has none.
LineName = tuple[Id, Id | None]


@dataclass
class LineRows:
    """What `Lines.build` takes, line after line; line k has the number k + 1."""

    names: list[LineName] = field(default_factory=list)
    plain: dict[str, list[Any]] = field(default_factory=dict)
    windows: Table = field(default_factory=list)
    required: Table = field(default_factory=list)
    wished: Table = field(default_factory=list)
    people: dict[str, Any] = field(default_factory=lambda: {name: [] for name in _NAMED})
    starts: int = 0

    def add(self, **facts: Any) -> None:
        """The plain columns of one more line."""
        for name, value in facts.items():
            self.plain.setdefault(name, []).append(value)


@dataclass(frozen=True)
class NeedReader:
    """Reads needs one by one into `rows`. `volunteers` are their numbers by id."""

    codes: Codebook
    clock: Clock
    volunteers: Mapping[Id, int]
    rows: LineRows = field(default_factory=LineRows)

    def read(self, need: Mapping[str, Any], number: int, *path: object) -> None:
        """One need and its roles."""
        wrong, rows = self.clock.wrong, self.rows
        windows = self._windows(need, *path)
        lon, lat = place_of(need, wrong, *path)
        roles = list(self._roles(need, *path))
        whole = bool(need.get("whole", len(roles) > 1))
        listed = {name: self._named(need, name, *path) for name in _NAMED}
        minutes = int(need.get("minutes", UNLIMITED))
        for role, own, place in roles:
            rows.names.append((plain_id(need["id"]), role))
            line = len(rows.names)
            seats = int(own.get("people", 1))
            least = int(own.get("least", seats))
            if least > seats:
                wrong.add(pointer((*place, "least")), own["least"], "match_files.too_large", most=seats)
            facts = {name: own.get(name, need.get(name, usual)) for name, usual in _USUAL.items()}
            rows.add(
                need=number, lon=lon, lat=lat, seats=seats, least=least, whole=whole, duration=minutes,
                urgency=need.get("urgency", "normal"), rule=need.get("rule", "any_of"),
                languages=self.codes.mask(facts["languages"]), language_hard=facts["language_hard"],
                gender=facts["gender"], gender_hard=facts["gender_hard"],
            )  # fmt: skip
            rows.windows += [(line, *window) for window in windows]
            rows.starts += sum(_starts(window, minutes, need.get("rule", "any_of")) for window in windows)
            self._skills(need, own, line, path, place)
            for name, people in listed.items():
                rows.people[name] += [(line, person) for person in people]

    def _roles(self, need: Mapping[str, Any], *path: object) -> Iterator[tuple[Id | None, Mapping[str, Any], Any]]:
        """(role's id, what it says, its place); a need without roles is one of its own."""
        if "roles" not in need:
            yield None, need, path
            return
        for name in ("people", "least"):
            if name in need:
                self.clock.wrong.add(pointer((*path, name)), need[name], "match_files.beside_roles", name=name)
        at = rows_by_id(need["roles"], self.clock.wrong, *path, "roles")
        for role, place in at.items():
            yield role, need["roles"][place], (*path, "roles", place)

    def _windows(self, need: Mapping[str, Any], *path: object) -> list[Span]:
        found = (self.clock.span(window, *path, "windows", k) for k, window in enumerate(need["windows"]))
        return [span for span in found if span]

    def _named(self, need: Mapping[str, Any], name: str, *path: object) -> list[int]:
        """Numbers of the volunteers a need names."""
        found = []
        for k, one in enumerate(need.get(name, ())):
            number = self.volunteers.get(plain_id(one))
            if number is None:
                self.clock.wrong.add(pointer((*path, name, k)), one, "match_files.unknown_id", list="volunteers")
            else:
                found.append(number)
        return found

    def _skills(self, need: Mapping[str, Any], own: Mapping[str, Any], line: int, path: Any, place: Any) -> None:
        """The need's skills are asked of every role, the role's beside them; of one asked twice the higher level."""
        wrong, levels, wished = self.clock.wrong, dict[Id, int](), set[Id]()
        for part, where in ((need, path), (own, place)) if own is not need else ((need, path),):
            for k, skill in enumerate(part.get("skills", ())):
                name = known_skill(skill["id"], self.codes, wrong, *where, "skills", k, "id")
                if name is not None:
                    levels[name] = max(levels.get(name, 1), int(skill.get("level", 1)))
            for k, skill in enumerate(part.get("preferred_skills", ())):
                name = known_skill(skill, self.codes, wrong, *where, "preferred_skills", k)
                if name is not None:
                    wished.add(name)
        self.rows.required += [(line, name, level) for name, level in levels.items()]
        self.rows.wished += [(line, name) for name in sorted(wished, key=self.codes.skill_row.__getitem__)]


def _starts(window: Span, minutes: int, rule: str) -> int:
    """At how many times a service could begin in a window."""
    start, end = window
    return 1 if rule == "all_of" else (end - start - min(minutes, end - start)) // STEP_MINUTES + 1


def lines_of(rows: LineRows, codes: Codebook, forbidden: Sequence[tuple[int, int]]) -> Lines:
    """The lines of needs that were read without a mistake."""
    empty: dict[str, Any] = dict.fromkeys(("lon", "lat", "duration", "seats"), ())
    facts = rows.plain or empty | {"urgency": (), "rule": ()}
    return Lines.build(
        codes,
        id=range(1, len(rows.names) + 1),
        windows=columns(rows.windows, 3),
        required=columns(rows.required, 3),
        preferred_skills=columns(rows.wished, 2),
        forbidden=forbidden,
        **facts,
        **rows.people,
    )
