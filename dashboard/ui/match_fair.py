"""Is a plan fair to both sides: the volunteers' load before and with it, and who of the residents waits how long."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from dashboard.core.matching.fairness import Load
from dashboard.draw import charts
from dashboard.services import draft_facts, waiting
from dashboard.services.match_desk import Head
from dashboard.services.waiting import WaitRow
from dashboard.ui import match_say as say
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.charts import with_table
from dashboard.ui.session import language, t

PLACES = ("towns", "villages")
#: Places named at once.
MOST = 60


def view(found: Head) -> None:
    """Volunteers on the left, residents on the right."""
    left, right = st.columns([5, 7], gap="medium")
    with left:
        _volunteers(found)
    with right:
        _residents(found)


def _volunteers(found: Head) -> None:
    fair = ask(draft_facts.fairness_of, run_id=found.run_id)
    st.markdown(f"**{t('match_more.fair_volunteers')}**")
    st.caption(t("match_more.fair_people", people=say.number(fair.before.people)))
    names = [t(f"match_more.column_{name}") for name in ("measure", "before_plan", "with_plan")]
    lines = [
        (t(f"match_more.fair_{name}"), *(say.number(getattr(load, name), 2) for load in (fair.before, fair.after)))
        for name in ("largest", "spread", "ninety_largest", "ninety_spread")
    ]
    st.dataframe(pd.DataFrame(lines, columns=names), hide_index=True, key="match.fair", height="content")
    shares = pd.DataFrame([*_shares(fair.before, "before_plan"), *_shares(fair.after, "with_plan")])
    titles = charts.Titles(t("match_more.tasks_in_weeks"), t("match_more.column_people"), t("match_more.column_when"))
    columns = {"x": titles.x, "series": titles.series, "y": titles.y}
    with_table(
        charts.lying_bars(shares, titles), shares, columns, title=t("match_more.fair_shares"), key="match.fair.shares"
    )


def _shares(load: Load, when: str) -> list[dict[str, object]]:
    """How many people have one, two, three, four or more tasks; those without any would dwarf the rest."""
    last = len(load.shares) - 1
    return [
        {
            "x": t("match_more.tasks_or_more" if tasks == last else "match_more.tasks", count=tasks),
            "series": t(f"match_more.column_{when}"),
            "y": count,
            "label": say.number(count),
        }
        for tasks, count in enumerate(load.shares)
        if tasks
    ]


def _residents(found: Head) -> None:
    waits = ask(waiting.waiting_of, run_id=found.run_id)
    st.markdown(f"**{t('match_more.fair_residents')}**")
    st.caption(_all(waits.all))
    names = {by: t(f"match_more.fair_{by}") for by in PLACES}
    by = st.segmented_control(
        t("match_more.fair_by"),
        PLACES,
        default="towns",
        required=True,
        format_func=names.__getitem__,
        key="match.fair.by",
        label_visibility="collapsed",
        persist_state="session",
    )
    places = waits.towns if by == "towns" else waits.villages
    _waiting(places[:MOST], "match.fair.places", lambda row: row.name or t("waiting.no_place"))
    if len(places) > MOST:
        st.caption(t("match_page.first_of", shown=MOST, count=len(places)))
    st.markdown(f"**{t('match_more.fair_groups')}**")
    _waiting(waits.groups, "match.fair.groups", lambda row: t(f"waiting.group_{row.key}"))
    st.caption(t("match_more.fair_note"))


def _all(row: WaitRow) -> str:
    return t(
        "match_more.fair_all",
        needs=say.number(row.needs),
        served=say.number(row.served),
        share=show.percent(language(), row.served_share),
        mean=say.number(row.waited_mean, 1),
        until=say.number(row.until_service_mean, 1),
    )


def _waiting(rows: Sequence[WaitRow], key: str, name: Callable[[WaitRow], str]) -> None:
    heads = [
        t(f"match_more.column_{part}")
        for part in ("place", "needs", "served", "unmet", "share", "waited", "longest", "until", "unmet_longest")
    ]
    lines = [
        (
            name(row),
            row.needs,
            row.served,
            row.unmet,
            show.percent(language(), row.served_share),
            say.number(row.waited_mean, 1),
            say.number(row.waited_longest, 1),
            say.number(row.until_service_mean, 1),
            say.number(row.unmet_longest, 1),
        )
        for row in rows
    ]
    st.dataframe(pd.DataFrame(lines, columns=heads), hide_index=True, key=key, height=say.tall(len(lines), 330))
