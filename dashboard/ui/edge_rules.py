"""The edges of figures on page Rules: other numbers, and which figures, teams and follow-ups they would change."""

from datetime import date

import pandas as pd
import streamlit as st

from dashboard.core.edges import LIMITS, Edges
from dashboard.core.figures import BY_KEY, Unit, Value
from dashboard.core.permissions import Actor
from dashboard.services import edges
from dashboard.services.edges import HeldEdges, MonthEnd, Tried
from dashboard.ui import rule_parts, show
from dashboard.ui.ask import ask
from dashboard.ui.figure_words import written
from dashboard.ui.session import language, t


def page(who: Actor) -> None:
    """The whole view."""
    held = ask(edges.held)
    versions = [one.published for one in held.versions]
    rule_parts.now_held(held.version, versions)
    wanted = _numbers(held)
    if wanted == held.edges:
        st.caption(t("edges.change_something"))
    else:
        _tried(ask(edges.trial, edges=wanted))
        what = {"edges": wanted.plain(), "version": held.newest}
        rule_parts.publish(who, edges.publish, what, t("edges.from_help"))
    contents = {"edges.history": [" / ".join(map(str, one.edges.plain().values())) for one in held.versions]}
    rule_parts.history(versions, contents)


def _numbers(held: HeldEdges) -> Edges:
    """The form; its limits are those of `Edges.of`, so it holds no numbers that can't be."""
    st.subheader(t("edges.numbers"), anchor=False)
    numbers = {}
    for column, (name, (least, most)) in zip(st.columns(len(LIMITS)), LIMITS.items(), strict=True):
        numbers[name] = int(
            column.number_input(
                t(f"edges.name.{name}"),
                least,
                most,
                getattr(held.edges, name),
                key=f"rules.figures.{held.newest}.{held.version}.{name}",
                help=t(f"edges.help.{name}"),
            )
        )
    return Edges(**numbers)


def _tried(found: Tried) -> None:
    """What the numbers would change."""
    st.subheader(t("edges.trial"), anchor=False)
    shown = language()
    if not found.changed:
        st.caption(t("edges.today_same"))
    else:
        st.caption(t("edges.today", changed=len(found.changed)))
        rows = [
            (t(BY_KEY[one.key].name), _said(one.before, one.hidden[0]), _said(one.after, one.hidden[1]))
            for one in found.changed
        ]
        headings = [t(f"edges.column.{name}") for name in ("figure", "before", "after")]
        st.dataframe(pd.DataFrame(rows, columns=headings), hide_index=True, key="rules.changed", height="content")
    before, after = (show.number(shown, one) for one in found.grey_teams)
    st.markdown(t("edges.teams", before=before, after=after))
    if found.teams:
        with st.expander(t("edges.teams_list")):
            st.text("\n".join(found.teams))
    answers, before, after = (show.number(shown, one) for one in found.answers)
    since = show.date(shown, found.since)
    st.markdown(t("edges.answers", since=since, answers=answers, before=before, after=after))
    if found.months:
        _months(found.months)


def _months(rows: tuple[MonthEnd, ...]) -> None:
    st.markdown(f"**{t('edges.months')}**")
    shown = language()
    lines: dict[date, dict[str, str]] = {}
    for one in rows:
        name = t(BY_KEY[one.key].name)
        line = lines.setdefault(one.day, {t("edges.column.day"): show.date(shown, one.day)})
        line[f"{name} · {t('edges.column.before')}"] = show.number(shown, one.before)
        line[f"{name} · {t('edges.column.after')}"] = show.number(shown, one.after)
    st.dataframe(pd.DataFrame(list(lines.values())), hide_index=True, key="rules.months", height="content")


def _said(value: Value, hidden: bool) -> str:
    said = written(value, language())
    if value.unit is not Unit.SHARE:
        said = f"{said} {t(f'figures.unit.{value.unit}')}"
    if value.small:
        said = t("edges.grey", value=said)
    return t("edges.hidden", value=said) if hidden else said
