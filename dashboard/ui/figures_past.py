"""Figures of a day gone by, of the county or a part of it: as known then beside as known now, with the rows behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import BY_KEY, Value
from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.core.replay import Known, every, left_out
from dashboard.services import replay
from dashboard.services.targets import parts
from dashboard.ui import figure_list, show
from dashboard.ui.ask import ask
from dashboard.ui.figure_words import written
from dashboard.ui.session import language, sentence, t
from dashboard.ui.team_views import today

_TABLE, _KNOWN = "tie_out.past", "tie_out.past.known"
#: The reader's own part among the parts to choose.
_OWN = 0


def past(who: Actor) -> None:
    """A day and a part to choose, the figures, and the rows behind the one that is clicked."""
    figure_list.open_order()
    now = today()
    last_month = now.replace(day=1) - timedelta(days=1)
    with st.container(horizontal=True):
        day = st.date_input(
            t("replay.day"), last_month, max_value=now, format="YYYY-MM-DD", key="tie_out.day", width=200
        )
        part = _part(who)
    if not isinstance(day, date):
        return
    asked = {"day": day, "part": part}
    try:
        found = {known: ask(replay.figures_of, known=known, **asked).figures for known in Known}
    except DashboardError as error:
        st.info(sentence(error))
        return
    st.caption(t("replay.note"))
    if part is not None or who.site_path != WHOLE_COUNTY:
        st.caption(t("replay.part.note"))
    st.markdown(t("replay.pick"))
    keys = every()
    shown: Any = st.dataframe(
        [_line(key, found) for key in keys],
        hide_index=True,
        key=_TABLE,
        height=460,
        on_select="rerun",
        selection_mode="single-row",
    )
    if clicked := shown["selection"]["rows"]:
        _rows(who, keys[clicked[0]], asked, found)


def _part(who: Actor) -> int | None:
    """A site whose part of the tree is looked at; None: all of the reader's own."""
    below = {one.site_id: one.name for one in ask(parts) if one.path != who.site_path}
    if not below:
        return None
    own = t("replay.part.county" if who.site_path == WHOLE_COUNTY else "replay.part.own")
    chosen = st.selectbox(
        t("replay.part"),
        [_OWN, *below],
        format_func=lambda site_id: below.get(site_id, own),
        key="tie_out.past.part",
        width=320,
    )
    return chosen or None


def _line(key: str, found: dict[Known, dict[str, Value]]) -> dict[str, str]:
    """A figure's row; where a number can't be told, the reason stands in its place."""
    figure, then, now = BY_KEY[key], found[Known.THEN].get(key), found[Known.NOW].get(key)
    change = None
    if then is not None and now is not None and not figure.is_rate:
        change = (now.value or 0) - (then.value or 0)
    return {
        t("figures.column.name"): t(figure.name),
        t("replay.column.then"): _number(then),
        t("replay.column.now"): _number(now),
        t("replay.column.change"): f"{change:+,.0f}" if change else show.DASH,
        t("figures.column.unit"): t(f"figures.unit.{figure.unit}"),
        t("replay.column.why"): "" if then else t(f"replay.why.{left_out(Known.THEN)[key]}"),
    }


def _number(value: Value | None) -> str:
    return t("replay.untold") if value is None else written(value, language())


def _rows(who: Actor, key: str, asked: dict[str, Any], found: dict[Known, dict[str, Value]]) -> None:
    """The rows behind a figure of the day, as known then or now; of a rate those of its numerator or denominator."""
    kinds = [known for known in Known if key in found[known]]
    if not kinds:
        st.info(t("replay.no_rows"))
        return
    if st.session_state.get(_KNOWN) not in kinds:
        st.session_state[_KNOWN] = kinds[0]
    st.markdown(f"**{t(BY_KEY[key].name)}**")
    st.segmented_control(
        t("map.past.known"),
        kinds,
        required=True,
        format_func=lambda known: t(f"lapse.known.{known}"),
        key=_KNOWN,
        label_visibility="collapsed",
    )
    known = Known(st.session_state[_KNOWN])
    key = figure_list.part_of(BY_KEY[key])
    day, said = show.date(language(), asked["day"]), t(f"lapse.known.{known}")
    figure_list.listed(
        who,
        replay.rows_of,
        key,
        found[known][key].value,
        {**asked, "known": known, "now": datetime.now(UTC).replace(second=0, microsecond=0)},
        name="tie_out.past.rows",
        title=t("replay.rows", name=t(BY_KEY[key].name), day=day, known=said),
    )
