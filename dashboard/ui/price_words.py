"""Names of tiers and entitlements in the reader's language, and an office's own words as they are."""

from collections.abc import Iterable

from dashboard.core.prices import Evidence, Pays, PriceRules, Tier
from dashboard.text import known
from dashboard.ui import show
from dashboard.ui.session import language, t


def tier_words(name: str) -> str:
    """A tier's name."""
    return t(f"prices.tier.{name}") if known(f"prices.tier.{name}") else name


def kind_words(kind: str) -> str:
    """A kind of entitlement."""
    return t(f"prices.kind.{kind}") if known(f"prices.kind.{kind}") else kind


def stored(part: str, words: str, usual: Iterable[str]) -> str:
    """What to store for words typed or chosen: the product's own name where they are its words ("tier", "kind")."""
    said = words.strip()
    return next((name for name in usual if known(f"prices.{part}.{name}") and t(f"prices.{part}.{name}") == said), said)


def who_words(tier: Tier) -> str:
    """Whom a tier is for."""
    parts = [t("show.comma").join(kind_words(kind) for kind in tier.kinds)] if tier.kinds else []
    if tier.least_age is not None:
        parts.append(t("prices.said.age", age=tier.least_age))
    return t("show.comma").join(parts) or t("prices.everybody_else")


def pays_words(tier: Tier) -> str:
    """What is paid in a tier."""
    return t(f"prices.said.{Pays(tier.pays)}", **({"percent": tier.percent} if tier.pays is Pays.PERCENT else {}))


def rules_words(rules: PriceRules) -> str:
    """All tiers in one line."""
    return t("prices.semicolon").join(
        t("prices.said.tier", tier=tier_words(one.name), who=who_words(one), pays=pays_words(one))
        for one in rules.tiers
    )


def evidence_words(evidence: Iterable[Evidence]) -> str:
    """Why somebody is in a tier."""
    said = [kind_words(one.kind) if one.kind else t("prices.card.age", age=one.age) for one in evidence]
    return t("show.comma").join(said) or t("prices.card.no_evidence")


def yuan(fen: int | None) -> str:
    """An amount."""
    return show.money(language(), fen)
