"""Words about needs that several parts of a page use."""

from collections.abc import Sequence

from dashboard.text import known
from dashboard.ui.session import t


def missing_words(keys: Sequence[str]) -> str:
    """What must be verified, in words; a key without a sentence stands as it is."""
    return t("show.comma").join(t(f"needs.verify.{key}") if known(f"needs.verify.{key}") else key for key in keys)
