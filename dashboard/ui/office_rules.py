"""The office's deadlines on page Rules: other numbers, and what they would have changed."""

import re
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor
from dashboard.core.words import Urgency
from dashboard.services import deadline_rules
from dashboard.services.deadline_rules import MOST_HOURS, HeldRules, Hours, TriedRules, Working
from dashboard.ui import rule_parts, show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

#: "08:30-12:00", with the dashes people type.
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-\u2013\u2014~\u81f3]\s*(\d{1,2}:\d{2})")
_HOURS = ("take_up", "close")


@dataclass(frozen=True)
class Typed:
    """Rules as they stand in the form."""

    working: Working
    hours: Hours


def page(who: Actor) -> None:
    """The whole view."""
    held = ask(deadline_rules.held)
    versions = [one.published for one in held.versions]
    rule_parts.now_held(held.version, versions)
    typed = _numbers(held)
    if typed is not None:
        _tried(ask(deadline_rules.trial, working=typed.working, hours=typed.hours))
        what = {"working": typed.working, "hours": typed.hours, "version": held.newest}
        rule_parts.publish(who, deadline_rules.publish, what, t("office_rules.from_help"))
    contents = {"office_rules.column.hours": [_hours(one.hours) for one in held.versions]}
    contents["office_rules.column.working"] = [_working(one.working) for one in held.versions]
    rule_parts.history(versions, contents)


def _numbers(held: HeldRules) -> Typed | None:
    """The form. None while it says what holds, or what can't be: then the reason stands below it."""
    st.subheader(t("office_rules.deadlines"), anchor=False)
    hours: list[tuple[str, float, float]] = []
    columns = st.columns(len(held.hours) + 1)
    for column, (urgency, *limits) in zip(columns, held.hours, strict=False):
        column.markdown(f"**{t(f'words.urgency.{urgency}')}**")
        pair = [
            column.number_input(
                t(f"office_rules.{name}"),
                0.5,
                MOST_HOURS,
                limit,
                0.5,
                key=f"rules.{held.newest}.{urgency}.{name}",
                format="%g",
            )
            for name, limit in zip(_HOURS, limits, strict=True)
        ]
        hours.append((urgency, pair[0], pair[1]))
    columns[-1].markdown(f"**{t('office_rules.working')}**")
    written = columns[-1].text_area(
        t("office_rules.spans"),
        "\n".join(f"{start}-{end}" for start, end in held.working),
        key=f"rules.{held.newest}.working",
        help=t("office_rules.spans_help"),
        height=96,
    )
    typed = Typed(tuple((start.zfill(5), end.zfill(5)) for start, end in _SPAN.findall(written)), tuple(hours))
    if typed == Typed(held.working, held.hours):
        st.caption(t("office_rules.change_something"))
        return None
    try:
        deadline_rules.plain(typed.working, typed.hours)
    except DashboardError as error:
        st.error(
            t(f"office_rules.bad_{error.values['problem']}")
            if "problem" in error.values
            else t(error.key, **error.values)
        )
        return None
    return typed


def _tried(found: TriedRules) -> None:
    """What the numbers would have made of the last twelve months."""
    st.subheader(t("office_rules.trial"), anchor=False)
    total = sum(tally.cases for tally in found.trial.tallies.values())
    since = show.date(language(), found.since)
    if not total:
        st.info(t("office_rules.no_cases", since=since), icon=":material/inbox:")
        return
    changed = len(found.trial.changes)
    st.caption(
        t(
            "office_rules.changed",
            cases=show.number(language(), total),
            since=since,
            changed=show.number(language(), changed),
            share=show.percent(language(), changed / total),
        )
    )
    names = ("urgency", "cases", "take_up_before", "take_up_after", "close_before", "close_after")
    rows = [
        (t(f"words.urgency.{urgency}"), *(show.number(language(), value) for value in vars(tally).values()))
        for urgency, tally in found.trial.tallies.items()
    ]
    table = pd.DataFrame(rows, columns=[t(f"office_rules.column.{name}") for name in names])
    st.dataframe(table, hide_index=True, key="rules.tally", height="content")
    if not found.listed:
        return
    with st.expander(t("office_rules.list", listed=len(found.listed), changed=show.number(language(), changed))):
        lines = [
            (one.code, one.title, t(f"words.urgency.{one.urgency}"), _late(one.before), _late(one.after))
            for one in found.listed
        ]
        headings = [t(f"office_rules.column.{name}") for name in ("code", "title", "urgency", "before", "after")]
        listed = pd.DataFrame(lines, columns=headings)
        st.dataframe(listed, hide_index=True, key="rules.changed")


def _late(late: tuple[bool, bool]) -> str:
    said = [t(f"office_rules.late_{name}") for name, one in zip(_HOURS, late, strict=True) if one]
    return "；".join(said) or t("office_rules.in_time")


def _hours(hours: Hours) -> str:
    return "；".join(f"{t(f'words.urgency.{Urgency(name)}')} {first:g}/{last:g}" for name, first, last in hours)


def _working(working: Working) -> str:
    return "，".join(f"{start}-{end}" for start, end in working)
