"""What the intake API is sent and answers, as JSON Schemas: the same data checks a body and fills the OpenAPI document.

Lengths are those of the columns. Whether a code exists is for `services/intake_api.py` to say.
"""

import json
from typing import Any

import jsonschema_rs

from dashboard.core.errors import Invalid
from dashboard.core.orders import LONGEST_MINUTES, MOST_PEOPLE
from dashboard.core.words import Channel, Gender, IntervalRule, NeedState, Urgency
from dashboard.services.intake_api import Flaw, Unread

#: An order with twenty roles and fifty spans is some 8 kilobytes.
MOST_BYTES = 64 * 1024
#: Of very many flaws the first are named.
MOST_FLAWS = 20
#: An order nests four deep.
MOST_DEEP = 50

Schema = dict[str, Any]


def _text(most: int, least: int = 0) -> Schema:
    return {"type": "string", "maxLength": most} | ({"minLength": least} if least else {})


def _whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _object(required: list[str], properties: dict[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties} | more


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": most}


_CODE = _text(40, 1)
_LEVEL = _whole(1, 3)
_TIME: Schema = {"type": "string", "format": "date-time"}
_TIME_OR_NONE: Schema = {"type": ["string", "null"], "format": "date-time"}
_PERSON = _object(
    [],
    {"name": _text(60, 1), "phone": _text(40, 1), "address": _text(200)},
    anyOf=[{"required": ["name"]}, {"required": ["phone"]}],
)
_SPAN = _object(["start", "end"], {"start": _TIME, "end": _TIME})
_ROLE = _object(
    ["people"],
    {
        "people": _whole(1, MOST_PEOPLE),
        "least": _whole(1, MOST_PEOPLE),
        "skill": _CODE,
        "min_level": _LEVEL,
        "name": _text(60),
    },
)
_SKILL = _object(["code"], {"code": _CODE, "required": {"type": "boolean"}, "min_level": _LEVEL})
_PLACE = _object(
    [],
    {
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "grid": _CODE,
        "village": {"type": "string", "pattern": "^[0-9]{12}$"},
        "words": _text(200),
    },
    dependentRequired={"lon": ["lat"], "lat": ["lon"]},
)

#: The body of `POST /api/v1/needs`. Of a place the most exact reading counts: point, grid, village, words.
ORDER = _object(
    ["channel", "title"],
    {
        # A device's calls have a door of their own.
        "channel": _one_of(*(channel for channel in Channel if channel is not Channel.DEVICE)),
        "title": _text(200, 1),
        "detail": _text(4000),
        "category": _CODE,
        "item": _CODE,
        "urgency": _one_of(*Urgency),
        "place": _PLACE,
        "intervals": _list(_SPAN, 50),
        "interval_rule": _one_of(*IntervalRule),
        "duration_minutes": _whole(1, LONGEST_MINUTES),
        "time_words": _text(120),
        "people": _whole(1, MOST_PEOPLE),
        "roles": _list(_ROLE, 20),
        "people_words": _text(60),
        "whole": {"type": "boolean"},
        "skills": _list(_SKILL, 20),
        "language": _text(20, 1),
        "language_hard": {"type": "boolean"},
        "gender": _one_of(Gender.FEMALE, Gender.MALE),
        "gender_hard": {"type": "boolean"},
        "resident": _PERSON,
        "reporter": _PERSON,
        "repeats": _CODE,
    },
    allOf=[{"not": {"required": ["category", "item"]}}, {"not": {"required": ["people", "roles"]}}],
)

_URL: Schema = {"type": "string", "format": "uri-reference"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_STATE = _one_of(*NeedState)
_TO_VERIFY: Schema = {"type": "array", "items": {"type": "string"}}
TAKEN = _object(
    ["code", "state", "to_verify", "url"], {"code": _CODE, "state": _STATE, "to_verify": _TO_VERIFY, "url": _URL}
)
NEED = _object(
    ["code", "state", "urgency", "to_verify", "registered_at", "deadlines", "people", "calls", "repeats"],
    {
        "code": _CODE,
        "state": _STATE,
        "urgency": _one_of(*Urgency),
        "to_verify": _TO_VERIFY,
        "registered_at": _TIME,
        "opened_at": _TIME_OR_NONE,
        "taken_up_at": _TIME_OR_NONE,
        "closed_at": _TIME_OR_NONE,
        "deadlines": _object(["take_up", "close"], {"take_up": _TIME_OR_NONE, "close": _TIME_OR_NONE}),
        "people": _object(["wanted", "sent", "accepted"], {"wanted": _COUNT, "sent": _COUNT, "accepted": _COUNT}),
        "calls": _COUNT,
        "repeats": _COUNT,
    },
)
CALLED = _object(
    ["code", "state", "urgency", "calls", "repeats", "url"],
    {
        "code": _CODE,
        "state": _STATE,
        "urgency": _one_of(*Urgency),
        "calls": _COUNT,
        "repeats": _COUNT,
        "url": _URL,
    },
)
PROBLEM = _object(
    ["type", "title", "status", "detail"],
    {
        "type": _URL,
        "title": _text(200, 1),
        "status": _whole(400, 599),
        "detail": _text(2000, 1),
        "errors": {
            "type": "array",
            "items": _object(["pointer", "detail"], {"pointer": {"type": "string"}, "detail": {"type": "string"}}),
        },
    },
)

_ORDER = jsonschema_rs.Draft202012Validator(ORDER, validate_formats=True)


def order_body(sent: bytes) -> dict[str, Any]:
    """The order in a request's body. Raises Invalid for what is no JSON, Unread with every field that doesn't fit."""
    said = _json(sent)
    damaged = _damaged(said)
    if damaged:
        raise Unread(tuple(damaged[:MOST_FLAWS]))
    try:
        flaws = [flaw for error in _ORDER.iter_errors(said) for flaw in _flaws(error)]
    except ValueError as error:  # a number that is none to the validator
        raise Invalid("api.no_json") from error
    if flaws:
        raise Unread(tuple(flaws[:MOST_FLAWS]))
    assert isinstance(said, dict)  # the schema says so
    return said


def _json(sent: bytes) -> Any:
    """JSON by RFC 8259 in UTF-8: no NaN, no number beyond a float."""
    try:
        return json.loads(sent.decode(), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Invalid("api.no_json") from error


def _no_number(words: str) -> None:
    raise ValueError(words)


def _finite(words: str) -> float:
    value = float(words)
    if value in (float("inf"), float("-inf")):
        raise ValueError(words)
    return value


def _damaged(said: Any) -> list[Flaw]:
    """Strings no database takes: with NUL, or half a pair of surrogates. Raises Invalid for what is nested too deep."""
    found: list[Flaw] = []
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), said)]
    while waiting:
        where, value = waiting.pop()
        if len(where) > MOST_DEEP:
            raise Invalid("api.no_json")
        if isinstance(value, str) and _unstorable(value):
            found.append(Flaw(where, "api.flaw.character"))
        elif isinstance(value, list):
            waiting += [((*where, at), part) for at, part in enumerate(value)]
        elif isinstance(value, dict) and any(_unstorable(name) for name in value):
            # The name itself can't be repeated in an answer.
            found.append(Flaw(where, "api.flaw.character"))
        elif isinstance(value, dict):
            waiting += [((*where, name), part) for name, part in value.items()]
    return found


def _unstorable(text: str) -> bool:
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def _flaws(error: jsonschema_rs.ValidationError) -> list[Flaw]:
    """An error of the validator as flaws at their fields."""
    where, name, values = tuple(error.instance_path), error.kind.name, error.kind.as_dict()
    if name == "required":
        return [Flaw((*where, values["property"]), "api.flaw.required")]
    if name == "additionalProperties":
        return [Flaw((*where, field), "api.flaw.unexpected") for field in values["unexpected"]]
    if name in ("minimum", "maximum", "minLength", "maxLength", "maxItems"):
        return [Flaw(where, f"api.flaw.{name.lower()}", {"limit": values["limit"]})]
    if name == "enum":
        return [Flaw(where, "api.flaw.enum", {"options": ", ".join(map(str, values["options"]))})]
    if name == "type":
        return [Flaw(where, "api.flaw.type", {"types": ", ".join(sorted(values["types"]))})]
    known = {"format": "format", "pattern": "pattern", "anyOf": "person", "not": "together"}
    return [Flaw(where, f"api.flaw.{known.get(name, 'other')}")]
