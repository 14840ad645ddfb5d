"""The office's rules of matching: what counts how much, since when, by whom; an admin sets a new version."""

from datetime import date, datetime, time
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.matching.policy import LARGEST
from dashboard.core.permissions import Action, Actor
from dashboard.services import matching_rules
from dashboard.services.matching_rules import MatchingRules, Number, RuleVersion
from dashboard.ui import next_form, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

#: Versions listed.
HISTORY = 20


def rules(who: Actor) -> None:
    """The button that opens them; everybody who matches may read them."""
    held = ask(matching_rules.matching_rules)
    label = t("match_more.rules_button", version=held.version)
    if st.button(label, key="match.rules", icon=":material/tune:", type="tertiary"):
        st.dialog(t("match_more.rules"), width="large")(_dialog)(who.may(Action.EDIT_RULES))


def _dialog(may_edit: bool) -> None:
    held = ask(matching_rules.matching_rules)
    st.caption(t("match_more.rules_lead", version=held.version, top=show.number(language(), held.top_score)))
    parts = {"weights": held.weights, "settings": held.settings, "limits": held.limits}
    if may_edit:
        _form(held, parts)
    else:
        for name, numbers in parts.items():
            st.markdown(f"**{t(f'match_more.rules_{name}')}**")
            st.dataframe(_table(numbers), hide_index=True, key=f"match.rules.{name}", height="content")
    next_form.form(may_edit)
    with st.expander(t("match_more.rules_versions"), icon=":material/history:", key="match.rules.history"):
        rows = [_version(one) for one in held.versions[:HISTORY]]
        names = [t(f"match_more.column_{name}") for name in ("number", "valid_from", "by", "why", "changed")]
        st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key="match.rules.versions", height="content")


def name_of(name: str) -> str:
    """What a weight, setting or limit is called."""
    return t(f"rules.name.{name}") if name in _SETTINGS else t(f"match_rules.{name}_term")


#: Numbers that are no weights; their names are in text/rules.py.
_SETTINGS = frozenset(
    {
        "metres_per_minute",
        "unplaced_minutes",
        "far_m",
        "full_week",
        "full_90",
        "rested_days",
        "least_asked",
        "unknown_points",
        "most_open_person",
        "most_open_team",
    }
)


def _table(numbers: tuple[Number, ...]) -> pd.DataFrame:
    names = [t(f"match_more.column_{name}") for name in ("what", "value", "usual")]
    return pd.DataFrame([(name_of(one.name), one.value, one.usual) for one in numbers], columns=names)


def _version(one: RuleVersion) -> tuple[Any, ...]:
    changes = "；".join(
        t("match_more.rule_change", name=name_of(change.name), before=change.before, after=change.after)
        for change in one.changes
    )
    return one.version, show.datetime_(language(), one.valid_from), one.by or t("audit.system"), one.reason, changes


def _form(held: MatchingRules, parts: dict[str, tuple[Number, ...]]) -> None:
    """Every number with the product's usual one beside it; a reason and a day are asked for."""
    with st.form("match.rules.form", border=False):
        for name, numbers in parts.items():
            st.markdown(f"**{t(f'match_more.rules_{name}')}**")
            columns = st.columns(3)
            for at, one in enumerate(numbers):
                columns[at % 3].number_input(
                    name_of(one.name),
                    0 if name != "settings" else 1,
                    LARGEST,
                    one.value,
                    key=_field(held, one.name),
                    help=t("match_more.usual", value=one.usual),
                )
        why, day = st.columns([2, 1])
        why.text_input(t("needs.act.reason"), key="match.rules.reason", max_chars=200)
        day.date_input(t("match_more.valid_from"), value=None, key="match.rules.from", format="YYYY-MM-DD")
        st.caption(t("match_more.valid_from_help"))
        st.form_submit_button(
            t("match_more.rules_store"),
            key="match.rules.store",
            type="primary",
            on_click=_store,
            args=(held, parts, act_key("match.rules.store")),
        )


def _field(held: MatchingRules, name: str) -> str:
    """A field of its own for every version: an old number must not stay in it."""
    return f"match.rules.{held.newest}.{name}"


def _store(held: MatchingRules, parts: dict[str, tuple[Number, ...]], key: str) -> None:
    """A new version of the rules (a callback)."""
    given = {name: {one.name: _typed(held, one) for one in numbers} for name, numbers in parts.items()}
    day = st.session_state.get("match.rules.from")
    act(
        matching_rules.set_matching_rules,
        key=key,
        done="rules.stored",
        weights=given["weights"],
        settings=given["settings"] | given["limits"],
        reason=str(st.session_state.get("match.rules.reason", "")),
        valid_from=datetime.combine(day, time.min, COUNTY_TIME) if isinstance(day, date) else None,
        version=held.newest,
    )


def _typed(held: MatchingRules, one: Number) -> int:
    return int(st.session_state.get(_field(held, one.name), one.value))
