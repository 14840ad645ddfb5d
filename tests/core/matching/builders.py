"""Small volunteers and needs for the matching tests: one place, one Monday, hours of the day."""

from datetime import date
from typing import Any

from dashboard.core import spans
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.words import NEVER, Codebook

MONDAY = spans.day_number(date(2026, 11, 30))
HOME = (108.0, 28.5)
CODES = Codebook(("cook", "nurse", "drive"), ("nurse",), ("mandarin", "dialect", "gelao"))
#: About one kilometre north, in degrees.
KILOMETRE = 1000 / 111_195


def at(hour: float, day: int = 0) -> int:
    """The minute of an hour of the Monday, or so many days later."""
    return spans.day_start(MONDAY + day) + round(hour * 60)


def hours(start: float, end: float, day: int = 0) -> tuple[int, int]:
    return at(start, day), at(end, day)


def a_person(id: int = 1, **facts: Any) -> dict[str, Any]:
    """Lives at HOME, is free on the Monday from 8 to 18, may do anything that needs no skill."""
    usual = {
        "lon": HOME[0],
        "lat": HOME[1],
        "precision": "point",
        "known": True,
        "skills": {},
        "certificates": {},
        "free": [hours(8, 18)],
        "busy": [],
        "keep": [],
        "cap_day": 2,
        "cap_week": 5,
        "max_distance_m": 5000,
        "gender": "unknown",
        "languages": ["mandarin"],
        "active": True,
        "in_scope": True,
        "shared": False,
        "load_90": 0,
        "last_day": NEVER,
        "kept": 0,
        "asked": 0,
    }
    assert facts.keys() <= usual.keys()
    return {"id": id} | usual | facts


def people_of(*persons: dict[str, Any]) -> People:
    def table(field: str) -> list[tuple[Any, ...]]:
        rows = ((p["id"], x) for p in persons for x in (p[field].items() if isinstance(p[field], dict) else p[field]))
        return [(id, *entry) for id, entry in rows]

    def columns(field: str, count: int) -> Any:
        return tuple(zip(*table(field), strict=True)) or ((),) * count

    plain = ["id", "lon", "lat", "precision", "known", "cap_day", "cap_week", "max_distance_m", "gender", "active"]
    plain += ["in_scope", "shared", "load_90", "last_day", "kept", "asked"]
    return People.build(
        CODES,
        **{field: [p[field] for p in persons] for field in plain},
        languages=[CODES.mask(p["languages"]) for p in persons],
        skills=columns("skills", 3),
        certificates=columns("certificates", 3),
        free=columns("free", 3),
        busy=columns("busy", 5),
        keep_free=columns("keep", 3),
    )


def a_line(id: int = 1, **facts: Any) -> dict[str, Any]:
    """One seat at HOME on the Monday from 9 to 11, no skill asked."""
    usual = {
        "need": id,
        "lon": HOME[0],
        "lat": HOME[1],
        "windows": [hours(9, 11)],
        "duration": 120,
        "seats": 1,
        "least": None,
        "whole": False,
        "holder": 0,
        "urgency": "normal",
        "rule": "any_of",
        "required": {},
        "wished": [],
        "languages": [],
        "language_hard": False,
        "gender": "unknown",
        "gender_hard": False,
        "preferred": [],
        "excluded": [],
        "taken": [],
        "forbidden": [],
    }
    assert facts.keys() <= usual.keys()
    return {"id": id} | usual | facts


def lines_of(*lines: dict[str, Any]) -> Lines:
    plain = ["id", "need", "lon", "lat", "duration", "seats", "urgency", "rule"]
    plain += ["language_hard", "gender", "gender_hard", "whole", "holder"]
    named = ["preferred", "excluded", "taken", "forbidden"]
    return Lines.build(
        CODES,
        **{field: [line[field] for line in lines] for field in plain},
        least=[line["seats"] if line["least"] is None else line["least"] for line in lines],
        languages=[CODES.mask(line["languages"]) for line in lines],
        windows=tuple(zip(*((x["id"], *w) for x in lines for w in x["windows"]), strict=True)) or ((), (), ()),
        required=tuple(zip(*((x["id"], *r) for x in lines for r in x["required"].items()), strict=True))
        or ((), (), ()),
        preferred_skills=tuple(zip(*((x["id"], s) for x in lines for s in x["wished"]), strict=True)) or ((), ()),
        **{field: [(x["id"], person) for x in lines for person in x[field]] for field in named},
    )
