"""What the files of the matching share: the schema check, ids and their order, the digest of a problem."""

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from dashboard.formats.mistakes import Mistakes, pointer

#: An id as it stands in a file. 7 and "7" are two ids.
Id = int | str

#: Keyword of a schema -> the sentence of what breaks it, and the name of its value in the sentence.
_SENTENCES = {
    "required": ("match_files.missing", "name"),
    "enum": ("match_files.not_among", "allowed"),
    "minimum": ("match_files.too_small", "least"),
    "maximum": ("match_files.too_large", "most"),
    "minItems": ("match_files.too_few", "least"),
    "maxItems": ("match_files.too_many", "most"),
    "minLength": ("match_files.too_short", "least"),
    "maxLength": ("match_files.too_long", "most"),
}


@cache
def schema_of(name: str) -> Any:
    """A schema file of this package."""
    return json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for(schema_of(name))


def check_schema(name: str, document: Any) -> None:
    """Raises Refused with what doesn't fit the schema."""
    validator = _validator(name)
    if validator.is_valid(document):
        return
    wrong = Mistakes()
    for error in validator.iter_errors(document):
        place, kind = pointer(error.instance_path), error.kind
        if kind.name == "additionalProperties":
            _tell_unknown(name, error, place, wrong)
        elif kind.name == "type":
            wrong.add(place, error.instance, "match_files.wrong_type", types=tuple(kind.value))
        elif kind.name == "pattern":  # of a time or a date: the definition's name
            wrong.add(place, error.instance, f"match_files.not_a_{error.schema_path[-2]}")
        else:
            key, value = _SENTENCES[kind.name]
            told = ", ".join(kind.value) if kind.name == "enum" else kind.value
            wrong.add(place, error.instance, key, **{value: told})
    wrong.check()


def _tell_unknown(name: str, error: Any, place: str, wrong: Mistakes) -> None:
    part = schema_of(name)
    for step in error.schema_path[:-1]:
        part = part[step]
    known = list(part.get("properties", ()))
    for key in error.kind.value:
        close = difflib.get_close_matches(key, known, n=1)
        sentence = "match_files.unknown_key_like" if close else "match_files.unknown_key"
        wrong.add(place + pointer([key]), key, sentence, allowed=", ".join(known), close="".join(close))


def rank(one: Id) -> tuple[bool, Any]:
    """The order of ids: whole numbers, then words by their characters."""
    return isinstance(one, str), one


def rows_by_id(rows: Iterable[Mapping[str, Any]], wrong: Mistakes, *path: object) -> dict[Id, int]:
    """Each id's place in the list, in the order of the ids. An id given twice is a mistake."""
    found: dict[Id, int] = {}
    for at, row in enumerate(rows):
        one = plain_id(row["id"])
        if one in found:
            wrong.add(pointer((*path, at, "id")), one, "match_files.id_twice", first=pointer((*path, found[one])))
        else:
            found[one] = at
    return dict(sorted(found.items(), key=lambda item: rank(item[0])))


def plain_id(one: Any) -> Id:
    """JSON knows one kind of number: 7.0 is 7."""
    return int(one) if isinstance(one, float) else one


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a problem as it is written, whatever the order of its keys and rows and its white space."""
    lists = ((name, document[name]) for name in ("needs", "volunteers", "skills") if name in document)
    rows = {name: sorted(rows, key=lambda row: rank(plain_id(row["id"]))) for name, rows in lists}
    words = json.dumps({**document, **rows}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()
