"""One catalogue of words, Chinese first and English second, looked up at run time.

Each module of this package holds `WORDS`: key -> (Chinese, English). Keys start with the module's name.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

LANGUAGES = ("zh", "en")


def _modules() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        yield found.name, importlib.import_module(f"{__name__}.{found.name}").WORDS


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """Every key with its two sentences. Raises ValueError for a key outside its module's name or given twice."""
    words: dict[str, tuple[str, str]] = {}
    for name, entries in _modules():
        for key, pair in entries.items():
            if not key.startswith(f"{name}.") or key in words:
                raise ValueError(f"text key {key!r} in {name}.py is misplaced or given twice")
            words[key] = pair
    return words


def text(language: str, key: str, /, **values: object) -> str:
    """The sentence of `key` in `language` ("zh" or "en"), filled with `values`. Raises KeyError for an unknown key.

    A value whose name ends in `_key` is itself a key: it is said in the same language.
    """
    spoken = {
        name: text(language, str(value)) if name.endswith("_key") and known(str(value)) else value
        for name, value in values.items()
    }
    return catalogue()[key][LANGUAGES.index(language)].format(**spoken)


def known(key: str) -> bool:
    """Is there a sentence for this key?"""
    return key in catalogue()
