"""The price tiers on page Rules: others in a form, tried on what was charged, published from a day on."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor
from dashboard.core.price_trial import Tally
from dashboard.core.prices import LONGEST_NAME, MOST_TIERS, OLDEST, Pays, PriceRules, Tier
from dashboard.services import price_rules
from dashboard.services.price_rules import HeldPrices, TriedPrices
from dashboard.ui import price_words as say
from dashboard.ui import rule_parts, show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

_WIDTHS = [5, 8, 3, 5, 3, 1]
_BLANK = Tier("", Pays.MATERIAL)


def view(who: Actor) -> None:
    """What holds, the form, the trial, publishing, the versions there were."""
    held = ask(price_rules.held)
    versions = [one.published for one in held.versions]
    rule_parts.now_held(held.version, versions)
    rules = _form(held)
    if rules is not None:
        _tried(ask(price_rules.trial, rules=rules))
        what = {"rules": rules, "version": held.newest}
        rule_parts.publish(who, price_rules.publish, what, t("prices.from_help"))
    rule_parts.history(versions, {"prices.part.tiers": [say.rules_words(one.rules) for one in held.versions]})


def _form(held: HeldPrices) -> PriceRules | None:
    """The form. None while it says what holds, or what can't be: then the reason stands below it."""
    st.subheader(t("prices.tiers"), anchor=False, help=t("prices.tiers_help"))
    base = f"rules.{held.newest}.prices"
    kinds = [
        say.stored("kind", one, held.rules.kinds)
        for one in st.multiselect(
            t("prices.kinds"),
            held.rules.kinds,
            held.rules.kinds,
            format_func=say.kind_words,
            accept_new_options=True,
            key=f"{base}.kinds",
            help=t("prices.kinds_help"),
        )
    ]
    rows = _rows(held, base)
    last = len(held.rules.tiers) - 1
    tiers = [_row(held, base, row, kinds) for row in rows]
    tiers.append(_row(held, base, last, kinds, everybody=True))
    st.button(
        t("prices.add_tier"),
        key=f"{base}.add",
        icon=":material/add:",
        type="tertiary",
        disabled=len(tiers) >= MOST_TIERS,
        on_click=_set_rows,
        args=(base, [*rows, max([last, *rows]) + 1]),
    )
    # More help first, whatever the sequence in which they were added.
    typed = PriceRules(tuple(kinds), (*sorted(tiers[:-1], key=lambda one: one.order), tiers[-1]))
    if typed == held.rules:
        st.caption(t("prices.change_something"))
        return None
    try:
        return PriceRules.of(typed.plain())
    except DashboardError as error:
        st.error(t(error.key, **_named(error.values)))
        return None


def _named(values: Mapping[str, object]) -> dict[str, Any]:
    """The values of a refusal, with names as the reader knows them."""
    words = {"tier": say.tier_words, "kind": say.kind_words}
    return {name: words[name](str(value)) if name in words else value for name, value in values.items()}


def _rows(held: HeldPrices, base: str) -> list[int]:
    """The rows with a condition: numbers of held tiers, and higher ones for those added."""
    usual = ",".join(str(row) for row in range(len(held.rules.tiers) - 1))
    stored = str(st.session_state.get(f"{base}.rows", usual))
    return [int(row) for row in stored.split(",") if row]


def _set_rows(base: str, rows: list[int]) -> None:
    """Other rows (a callback)."""
    st.session_state[f"{base}.rows"] = ",".join(str(row) for row in rows)


def _row(held: HeldPrices, base: str, row: int, kinds: list[str], *, everybody: bool = False) -> Tier:
    """One tier as it stands in the form."""
    tier = held.rules.tiers[row] if row < len(held.rules.tiers) else _BLANK
    key = f"{base}.{row}"
    name, who, age, pays, percent, gone = st.columns(_WIDTHS, vertical_alignment="bottom")
    said = name.text_input(t("prices.name"), say.tier_words(tier.name), LONGEST_NAME, key=f"{key}.name")
    chosen: list[str] = []
    oldest = 0
    if everybody:
        who.text_input(t("prices.conditions"), t("prices.everybody_else"), disabled=True, key=f"{key}.who")
    else:
        chosen = who.multiselect(
            t("prices.conditions"),
            kinds,
            [kind for kind in tier.kinds if kind in kinds],
            format_func=say.kind_words,
            key=f"{key}.kinds",
            placeholder=t("prices.any"),
            wrap=True,
        )
        oldest = age.number_input(
            t("prices.least_age"), 0, OLDEST, tier.least_age or 0, key=f"{key}.age", help=t("prices.age_help")
        )
        gone.button(
            "",
            key=f"{key}.gone",
            icon=":material/delete:",
            type="tertiary",
            help=t("prices.remove_tier"),
            on_click=_set_rows,
            args=(base, [one for one in _rows(held, base) if one != row]),
        )
    how = Pays(
        str(
            pays.selectbox(
                t("prices.pays"),
                list(Pays),
                list(Pays).index(tier.pays),
                format_func=lambda one: t(f"prices.pays.{one}"),
                key=f"{key}.pays",
            )
        )
    )
    less = percent.number_input(
        t("prices.percent"), 0, 100, tier.percent, key=f"{key}.percent", disabled=how is not Pays.PERCENT
    )
    usual = [one.name for one in held.rules.tiers]
    return Tier(
        say.stored("tier", said, usual),
        how,
        int(less) if how is Pays.PERCENT else 0,
        tuple(chosen),
        int(oldest) or None,
    )


def _tried(found: TriedPrices) -> None:
    """What the tiers would have made of the last twelve months."""
    st.subheader(t("prices.trial"), anchor=False)
    total, since = found.trial.total, show.date(language(), found.since)
    if not total.before:
        st.info(t("prices.no_cases", since=since), icon=":material/inbox:")
        return
    changed = len(found.trial.changes)
    st.caption(
        t(
            "prices.changed",
            cases=show.number(language(), total.before),
            since=since,
            changed=show.number(language(), changed),
            share=show.percent(language(), changed / total.before),
            before=say.yuan(total.fund_before),
            after=say.yuan(total.fund_after),
        )
    )
    rows = [_tally(say.tier_words(tier), tally) for tier, tally in found.trial.tallies.items()]
    rows.append(_tally(t("prices.total"), total))
    names = ("needs_before", "needs_after", "resident_before", "resident_after", "fund_before", "fund_after")
    headings = [t(f"prices.column.{name}") for name in ("tier", *names)]
    st.dataframe(pd.DataFrame(rows, columns=headings), hide_index=True, key="rules.tally", height="content")
    if not found.listed:
        return
    with st.expander(t("prices.list", listed=len(found.listed), changed=show.number(language(), changed))):
        lines = [
            (one.code, one.item, show.date(language(), one.served_on), _paid(one.before), _paid(one.after))
            for one in found.listed
        ]
        headings = [t(f"prices.column.{name}") for name in ("code", "service", "served_on", "before", "after")]
        st.dataframe(pd.DataFrame(lines, columns=headings), hide_index=True, key="rules.changed")


def _tally(tier: str, tally: Tally) -> tuple[str, ...]:
    many = (show.number(language(), one) for one in (tally.before, tally.after))
    amounts = (tally.resident_before, tally.resident_after, tally.fund_before, tally.fund_after)
    return tier, *many, *(say.yuan(one) for one in amounts)


def _paid(one: tuple[str, int]) -> str:
    return t("prices.tier_pays", tier=say.tier_words(one[0]), amount=say.yuan(one[1]))
