"""JSON of a stranger, strictly: UTF-8, no key twice, no NaN, bounded in size; every refusal says what and where."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dashboard.core.errors import Invalid
from dashboard.formats import limits
from dashboard.formats.mistakes import Mistakes, pointer, refused

_MEGABYTE = 1024 * 1024
#: Marks of other encodings. UTF-32's first, since it begins like UTF-16.
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"), (b"\x00\x00\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
)  # fmt: skip
_SURROGATE = re.compile(rb"\\u[dD][89abcdefABCDEF]")


def read_file(path: Path) -> bytes:
    """The bytes of a file, never more than the limit. Raises Invalid in words."""
    try:
        with path.open("rb") as file:
            data = file.read(limits.MATCH_FILE_BYTES + 1)
    except OSError as error:
        raise Invalid("match_files.cannot_read", path=path, reason=error.strerror) from error
    _check_size(data)
    return data


def parse(data: bytes) -> Any:
    """The one value that the bytes hold. Raises Refused."""
    _check_size(data)
    text = _decoded(data)
    if not text.strip():
        raise refused("", "", "match_files.empty")
    reader = _Reader()
    try:
        document = reader.read(text)
    except json.JSONDecodeError as error:
        near = text[error.pos : error.pos + 20].split("\n")[0]
        raise refused("", near, "match_files.not_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise refused("", "", "match_files.too_deep") from error
    wrong = Mistakes()
    if reader.odd:
        _tell_odd(document, reader, wrong)
    if _SURROGATE.search(data):
        _tell_surrogates(document, wrong)
    wrong.check()
    return document


def _check_size(data: bytes) -> None:
    """Before anything is read: what would take too much memory is refused by its bytes."""
    if len(data) > limits.MATCH_FILE_BYTES:
        raise refused("", "", "match_files.too_big", limit=limits.MATCH_FILE_BYTES // _MEGABYTE)
    # Every value but the first stands behind one of these.
    if data.count(b",") + data.count(b"[") + data.count(b"{") > limits.MATCH_FILE_VALUES:
        raise refused("", "", "match_files.too_many_values", limit=limits.MATCH_FILE_VALUES)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise refused("", "", "match_files.other_encoding", encoding=encoding)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        value = data[error.start : error.start + 1].hex()
        raise refused("", f"0x{value}", "match_files.not_utf8", byte=error.start, line=line) from error


class _Odd:
    """Stands in the document for what is no number, until it is told where it is."""

    def __init__(self, key: str, words: str) -> None:
        self.key, self.words = key, words


class _Reader:
    """Reads once and remembers whether anything odd came by: then it is looked for."""

    def __init__(self) -> None:
        self.odd = False
        self.twice: dict[int, tuple[dict[str, Any], list[str]]] = {}

    def read(self, text: str) -> Any:
        """Raises JSONDecodeError, RecursionError."""
        hooks: dict[str, Any] = {
            "object_pairs_hook": self._object,
            "parse_constant": self._constant,
            "parse_float": self._float,
        }
        try:
            return json.loads(text, **hooks)
        except json.JSONDecodeError:
            raise
        except ValueError:  # a whole number of more digits than Python converts
            return json.loads(text, **hooks, parse_int=self._int)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            self.twice[id(made)] = (made, sorted({key for key in keys if keys.count(key) > 1}))
            self.odd = True
        return made

    def _constant(self, name: str) -> _Odd:
        self.odd = True
        return _Odd("match_files.no_number", name)

    def _float(self, words: str) -> float | _Odd:
        value = float(words)
        if math.isfinite(value):
            return value
        self.odd = True
        return _Odd("match_files.huge_number", words)

    def _int(self, words: str) -> int | _Odd:
        if len(words) < 1000:
            return int(words)
        self.odd = True
        return _Odd("match_files.huge_number", words)


def _tell_odd(document: Any, reader: _Reader, wrong: Mistakes) -> None:
    for path, value in _walk(document):
        if isinstance(value, _Odd):
            wrong.add(pointer(path), value.words, value.key)
        elif isinstance(value, dict) and id(value) in reader.twice:
            for key in reader.twice[id(value)][1]:
                wrong.add(pointer((*path, key)), key, "match_files.key_twice")


def _tell_surrogates(document: Any, wrong: Mistakes) -> None:
    """Half of a character outside the basic plane can be written in JSON and nowhere else."""
    for path, value in _walk(document):
        words = [value] if isinstance(value, str) else list(value) if isinstance(value, dict) else []
        for word in words:
            if not _encodes(word):
                wrong.add(pointer(path), word, "match_files.half_character")


def _encodes(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _walk(document: Any) -> Iterator[tuple[tuple[object, ...], Any]]:
    """Every value with its path, in the order of the file."""
    waiting: list[tuple[tuple[object, ...], Any]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting.extend(reversed([((*path, step), part) for step, part in inside]))
