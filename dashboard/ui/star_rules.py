"""The rule of stars on page Rules: other numbers, whose stars would be others, and computing them anew."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor
from dashboard.core.stars import MOST_HOURS, MOST_SERVICES, STARS, StarRule
from dashboard.core.words import Grade
from dashboard.services import star_rules
from dashboard.services.star_rules import HeldRule, TriedRule
from dashboard.ui import rule_parts, show, star_lines
from dashboard.ui.ask import ask
from dashboard.ui.session import language, sentence, t

_BADGE = ("name", "category", "services")


def page(who: Actor) -> None:
    """The whole view."""
    held = ask(star_rules.held, language=language())
    versions = [one.published for one in held.versions]
    rule_parts.now_held(held.version, versions)
    rule = _form(held)
    if rule is not None:
        _tried(ask(star_rules.trial, rule=rule))
        what = {"rule": rule.plain(), "version": held.newest}
        rule_parts.publish(who, star_rules.publish, what, t("stars.from_help"))
    st.subheader(t("stars.recompute"), anchor=False)
    star_lines.recompute("rules.stars")
    names = dict(held.categories)
    contents = {
        "stars.history.hours": ["/".join(map(str, one.rule.hours)) for one in held.versions],
        "stars.history.conditions": [_conditions(one.rule) for one in held.versions],
        "stars.history.badges": [_badges(one.rule, names) for one in held.versions],
    }
    rule_parts.history(versions, contents)


def _form(held: HeldRule) -> StarRule | None:
    """The form. None while it says what holds, or what can't be: then the reason stands below it."""
    st.subheader(t("stars.rule"), anchor=False)
    st.caption(t("stars.source"))
    data = {"hours": _hours(held), **_conditions_form(held), "badges": _badge_form(held)}
    try:
        rule = StarRule.of(data)
    except DashboardError as error:
        st.error(sentence(error))
        return None
    if rule == held.rule:
        st.caption(t("stars.change_something"))
        return None
    return rule


def _hours(held: HeldRule) -> list[int]:
    return [
        int(
            column.number_input(
                f"{star_lines.STAR * number} {t('stars.of', stars=number)}",
                1,
                MOST_HOURS,
                hours,
                key=_key(held, f"hours.{number}"),
            )
        )
        for number, (column, hours) in enumerate(zip(st.columns(STARS), held.rule.hours, strict=True), 1)
    ]


def _conditions_form(held: HeldRule) -> dict[str, Any]:
    chosen = st.pills(
        t("stars.grades"),
        list(Grade),
        selection_mode="multi",
        default=list(held.rule.grades),
        format_func=lambda one: t(f"words.grade.{one}"),
        key=_key(held, "grades"),
    )
    numbers = {
        name: int(
            column.number_input(
                t(f"stars.{name}"),
                least,
                most,
                getattr(held.rule, name),
                key=_key(held, name),
                help=t("stars.bound_help") if name == "bound_from" else None,
            )
        )
        for column, (name, least, most) in zip(
            st.columns(4, vertical_alignment="bottom"),
            (
                ("services", 0, MOST_SERVICES),
                ("satisfied", 0, 100),
                ("answers", 0, MOST_SERVICES),
                ("bound_from", 1, STARS),
            ),
            strict=True,
        )
    }
    return {"grades": [str(one) for one in chosen], **numbers}


def _badge_form(held: HeldRule) -> list[tuple[str, str, int]]:
    """Rows of a table; those that are not filled in yet are left out."""
    st.markdown(f"**{t('stars.badges')}**")
    names = dict(held.categories)
    rows = pd.DataFrame(
        [(one.name, one.category, one.services) for one in held.rule.badges], columns=list(_BADGE)
    ).astype({"name": object, "category": object, "services": "Int64"})
    edited: pd.DataFrame = st.data_editor(
        rows,
        num_rows="dynamic",
        hide_index=True,
        key=_key(held, "badges"),
        width=640,
        placeholder="",
        column_config={
            "name": st.column_config.TextColumn(t("stars.badge.name")),
            "category": st.column_config.SelectboxColumn(
                t("stars.badge.category"), options=list(names), format_func=lambda code: names.get(str(code), str(code))
            ),
            "services": st.column_config.NumberColumn(t("stars.badge.services"), min_value=1, step=1),
        },
    )
    full = edited.dropna()
    return [(str(name), str(category), int(services)) for name, category, services in full.itertuples(index=False)]


def _key(held: HeldRule, name: str) -> str:
    """Another version is another form."""
    return f"rules.stars.{held.newest}.{held.version}.{name}"


def _tried(found: TriedRule) -> None:
    """What the rule would make of everybody."""
    st.subheader(t("stars.trial"), anchor=False)
    if not found.volunteers:
        st.info(t("stars.nobody"), icon=":material/inbox:")
        return
    shown, changed = language(), len(found.trial.changes)
    st.caption(
        t(
            "stars.changed",
            volunteers=show.number(shown, found.volunteers),
            changed=show.number(shown, changed),
            since=show.date(shown, found.since),
        )
    )
    rows = [
        (
            star_lines.word(shown, one.stars),
            show.number(shown, one.before),
            show.number(shown, one.after),
            show.number(shown, one.reached_before) if one.stars else show.DASH,
            show.number(shown, one.reached_after) if one.stars else show.DASH,
        )
        for one in found.trial.tallies
    ]
    names = ("stars", "before", "after", "reached_before", "reached_after")
    table = pd.DataFrame(rows, columns=[t(f"stars.column.{name}") for name in names])
    st.dataframe(table, hide_index=True, key="rules.tally", height="content")
    star_lines.changed(found.listed, changed, "rules.changed")


def _conditions(rule: StarRule) -> str:
    said = ["+".join(rule.grades)]
    if rule.services:
        said.append(t("stars.said.services", services=rule.services))
    if rule.satisfied:
        said.append(t("stars.said.satisfied", satisfied=rule.satisfied, answers=rule.answers))
    if rule.services or rule.satisfied:
        said.append(t("stars.said.bound", stars=rule.bound_from))
    return "；".join(said)


def _badges(rule: StarRule, names: Mapping[str, str]) -> str:
    return "；".join(
        t("stars.said.badge", name=one.name, category=names.get(one.category, one.category), services=one.services)
        for one in rule.badges
    )
