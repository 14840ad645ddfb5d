"""The first form of a problem file, people and needs in full, as the matching takes them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.plan import PairId
from dashboard.core.matching.policy import Policy
from dashboard.core.matching.words import Codebook
from dashboard.formats.match_document import Id, digest, plain_id, rank, rows_by_id
from dashboard.formats.match_needs import LARGEST_STARTS, LineName, NeedReader, lines_of
from dashboard.formats.match_people import people_of
from dashboard.formats.match_times import Clock
from dashboard.formats.mistakes import Mistakes, pointer, refused

_MOST_LANGUAGES = 63


@dataclass(frozen=True, eq=False)
class Rows:
    """Volunteers and lines numbered from 1 in the order of their ids."""

    needs: tuple[Id, ...]  # by number - 1
    volunteers: tuple[Id, ...]
    names: tuple[LineName, ...]  # of the lines
    people: People
    lines: Lines
    policy: Policy
    pins: tuple[PairId, ...]
    digest: str


def rows_of(document: Mapping[str, Any]) -> Rows:
    """From a document that keeps to the schema. Raises Refused."""
    wrong = Mistakes()
    clock = Clock(wrong)
    codes = _codes(document, wrong)
    need_at = rows_by_id(document["needs"], wrong, "needs")
    volunteer_at = rows_by_id(document["volunteers"], wrong, "volunteers")
    wrong.check()
    volunteers = {one: number for number, one in enumerate(volunteer_at, start=1)}
    reader = NeedReader(codes, clock, volunteers)
    for number, place in enumerate(need_at.values(), start=1):
        reader.read(document["needs"][place], number, "needs", place)
    found = reader.rows
    said = _Constraints(document, clock, found.names, volunteers, _horizon(found.windows))
    people = people_of(document["volunteers"], volunteer_at, codes, clock, said.keep_free)
    wrong.check()
    assert people is not None
    if found.starts > LARGEST_STARTS:
        raise refused("/needs", found.starts, "match_files.too_many_starts", most=LARGEST_STARTS)
    rules = document.get("rules", {})
    policy = Policy.build(int(rules.get("version", 0)), _whole(rules, "weights"), _whole(rules, "settings"))
    return Rows(
        tuple(need_at), tuple(volunteer_at), tuple(found.names), people, lines_of(found, codes, said.forbidden), policy,
        tuple(sorted(set(said.pins))), digest(document),
    )  # fmt: skip


def _whole(rules: Mapping[str, Any], name: str) -> dict[str, int]:
    return {key: int(value) for key, value in rules.get(name, {}).items()}


def _horizon(windows: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """From the first to the last minute in which anybody is wanted."""
    return min((start for _, start, _ in windows), default=0), max((end for *_, end in windows), default=1)


def _codes(document: Mapping[str, Any], wrong: Mistakes) -> Codebook:
    """The skills as listed, or whichever are named when there is no list; the languages as named."""
    rows = [*document["needs"], *document["volunteers"]]
    rows += [role for need in document["needs"] for role in need.get("roles", ())]
    languages = sorted({language for row in rows for language in row.get("languages", ())})
    if len(languages) > _MOST_LANGUAGES:
        wrong.add("", len(languages), "match_files.too_many_languages", most=_MOST_LANGUAGES)
        languages = []
    if "skills" in document:
        listed = document["skills"]
        at = rows_by_id(listed, wrong, "skills")
        licences = tuple(one for one, place in at.items() if listed[place].get("licence", False))
        return Codebook(tuple(at), licences, tuple(languages))
    named: set[Id] = {plain_id(skill["id"]) for row in rows for skill in row.get("skills", ())}
    named |= {plain_id(skill) for row in rows for skill in row.get("preferred_skills", ())}
    ordered: list[Id] = sorted(named, key=rank)
    return Codebook(tuple(ordered), (), tuple(languages))


class _Constraints:
    """What coordinators said, as far as it still holds."""

    def __init__(
        self,
        document: Mapping[str, Any],
        clock: Clock,
        names: Sequence[LineName],
        volunteers: Mapping[Id, int],
        horizon: tuple[int, int],
    ) -> None:
        self.clock, self.volunteers, self.horizon = clock, volunteers, horizon
        self.lines: dict[Id, dict[Id | None, int]] = {}
        for line, (need, role) in enumerate(names, start=1):
            self.lines.setdefault(need, {})[role] = line
        self.today = clock.day(document["today"], "today") if "today" in document else None
        self.pins: list[PairId] = []
        self.forbidden: list[PairId] = []
        self.keep_free: list[tuple[int, int, int]] = []
        for k, said in enumerate(document.get("constraints", ())):
            self._take(said, "constraints", k)

    def _take(self, said: Mapping[str, Any], *path: object) -> None:
        person = self.volunteers.get(plain_id(said["volunteer"]))
        if person is None:
            self._add((*path, "volunteer"), said["volunteer"], "unknown_id", list="volunteers")
        holds = self._holds(said, *path)
        if said["kind"] == "keep_free":
            self._keep_free(said, person, holds, *path)
            return
        for name in ("start", "end"):
            if name in said:
                self._add((*path, name), said[name], "only_keep_free", name=name)
        lines = list(self._lines(said, *path))
        if person is not None and holds:
            pairs = self.pins if said["kind"] == "pin" else self.forbidden
            pairs += [(line, person) for line in lines]

    def _keep_free(self, said: Mapping[str, Any], person: int | None, holds: bool, *path: object) -> None:
        for name in ("need", "role"):
            if name in said:
                self._add((*path, name), said[name], "not_keep_free", name=name)
        span: tuple[int, int] | None = self.horizon
        if ("start" in said) != ("end" in said):
            self._add(path, said, "missing", name="end" if "start" in said else "start")
        elif "start" in said:
            span = self.clock.span(said, *path)
        if person is not None and span and holds:
            self.keep_free.append((person, *span))

    def _holds(self, said: Mapping[str, Any], *path: object) -> bool:
        """Up to and on its last day."""
        if "expires" not in said:
            return True
        last = self.clock.day(said["expires"], *path, "expires")
        if self.today is None:
            self._add((*path, "expires"), said["expires"], "no_today")
        return last is not None and self.today is not None and self.today <= last

    def _lines(self, said: Mapping[str, Any], *path: object) -> Iterator[int]:
        """The line that is meant; all of a need's where a forbidden pair names no role."""
        if "need" not in said:
            self._add(path, said, "missing", name="need")
            return
        roles = self.lines.get(plain_id(said["need"]))
        if roles is None:
            self._add((*path, "need"), said["need"], "unknown_id", list="needs")
        elif "role" in said:
            if plain_id(said["role"]) in roles:
                yield roles[plain_id(said["role"])]
            else:
                self._add((*path, "role"), said["role"], "unknown_id", list="roles")
        elif said["kind"] == "pin" and len(roles) > 1:
            self._add(path, said, "which_role", roles=", ".join(str(role) for role in roles))
        else:
            yield from roles.values()

    def _add(self, path: Sequence[object], value: Any, key: str, **values: object) -> None:
        self.clock.wrong.add(pointer(path), value, f"match_files.{key}", **values)
