"""Series with their next visits: move one, leave one out, change who comes, end the series."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import NotFound
from dashboard.services import series, series_reading
from dashboard.services.series_reading import Coming, SeriesCard, SeriesLine
from dashboard.ui import need_links, series_pick, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import with_reason
from dashboard.ui.plain import plain
from dashboard.ui.reveal import reveal
from dashboard.ui.series_words import rule_words
from dashboard.ui.session import language, sentence, t

_WHICH = "rounds.series"


def listed(found: tuple[SeriesLine, ...]) -> None:
    """The table of series and, below it, the one chosen."""
    if not found:
        st.info(t("series.none"), icon=":material/event_repeat:")
        return
    st.dataframe(
        pd.DataFrame([_line(line) for line in found]), hide_index=True, key="rounds.series.table", height="content"
    )
    names = {line.id: f"{line.title} · {line.resident or show.DASH} · {rule_words(line.rule)}" for line in found}
    if st.session_state.get(_WHICH) not in names:
        st.session_state[_WHICH] = found[0].id
    st.selectbox(t("series.which"), list(names), format_func=names.__getitem__, key=_WHICH)
    try:
        _card(ask(series_reading.series_card, series_id=int(st.session_state[_WHICH]), language=language()))
    except NotFound as error:
        st.warning(sentence(error))


def _line(line: SeriesLine) -> dict[str, str]:
    cells = {
        "next": show.datetime_(language(), line.next_at) if line.next_at else t("series.no_next"),
        "title": line.title,
        "resident": line.resident or show.DASH,
        "rule": rule_words(line.rule),
        "keeper": line.keeper or t("series.no_keeper"),
        "substitute": line.substitute or show.DASH,
        "place": line.place or show.DASH,
    }
    return {t(f"series.column.{name}"): value for name, value in cells.items()}


def _card(card: SeriesCard) -> None:
    line = card.line
    with st.container(border=True, key="rounds.card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            length = show.duration(language(), line.minutes)
            clock = f"{show.clock(line.start)} · {length}"
            st.markdown(f"**{plain(line.title)}** {plain(rule_words(line.rule))} {plain(clock)}", width="content")
            if line.person_id is not None:
                reveal(line.person_id, key=f"rounds.reveal.{line.person_id}")
        keeper = line.keeper or t("series.no_keeper")
        st.caption(plain(t("series.keepers", keeper=keeper, substitute=line.substitute or t("series.nobody"))))
        if not card.visits:
            st.info(t("series.no_next"))
        for visit in card.visits:
            _visit(line, visit)
        with st.container(horizontal=True, key="rounds.series.acts"):
            _keepers(line)
            with_reason(
                t("series.act.end"),
                series.end_series,
                key=f"rounds.end.{line.id}",
                done="series.done.ended",
                icon=":material/event_busy:",
                series_id=line.id,
                version=line.version,
            )


def _visit(line: SeriesLine, visit: Coming) -> None:
    name = f"{line.id}.{int(visit.original.timestamp())}"
    with st.container(horizontal=True, vertical_alignment="center", key=f"rounds.visit.{name}"):
        st.markdown(plain(show.span(language(), visit.start, visit.end)), width="content")
        if visit.moved:
            original = show.datetime_(language(), visit.original)
            st.badge(plain(t("series.moved_from", original=original)), color="orange")
        st.caption(plain(_state(visit)), width="content")
        if visit.need_id is not None:
            need_links.go("needs", visit.need_id, t("series.open_need"), icon=":material/list_alt:", place="card")
        _move(line, visit, name)
        with_reason(
            t("series.act.cancel"),
            series.cancel_visit,
            key=f"rounds.cancel.{name}",
            done="series.done.cancelled",
            icon=":material/cancel:",
            series_id=line.id,
            original_start=visit.original,
        )


def _state(visit: Coming) -> str:
    if visit.need_id is None:
        return t("series.not_made")
    sent = t("series.sent", count=visit.sent) if visit.sent else t("series.nobody_sent")
    return f"{visit.code} · {t(f'words.need_state.{visit.state}')} · {sent}"


def _move(line: SeriesLine, visit: Coming, name: str) -> None:
    local = visit.start.astimezone(COUNTY_TIME)
    with st.popover(t("series.act.move"), icon=":material/edit_calendar:", key=f"rounds.move.{name}.open"):
        st.date_input(t("series.day"), value=local.date(), key=f"rounds.move.{name}.day", format="YYYY-MM-DD")
        clock, quarter = local.time().replace(tzinfo=None), timedelta(minutes=15)
        st.time_input(t("series.clock"), value=clock, key=f"rounds.move.{name}.clock", step=quarter)
        st.button(
            t("series.act.do"),
            key=f"rounds.move.{name}",
            type="primary",
            on_click=_moved,
            args=(line.id, visit.original, name, act_key(f"rounds.move.{name}")),
        )


def _moved(series_id: int, original: datetime, name: str, key: str) -> None:
    day, clock = (st.session_state.get(f"rounds.move.{name}.{part}") for part in ("day", "clock"))
    if isinstance(day, date) and isinstance(clock, time):
        to = datetime.combine(day, clock, COUNTY_TIME).astimezone(UTC)
        act(series.move_visit, key=key, done="series.done.moved", series_id=series_id, original_start=original, to=to)


def _keepers(line: SeriesLine) -> None:
    key = f"rounds.keepers.{line.id}"
    with st.popover(t("series.act.keepers"), icon=":material/person:", key=f"{key}.open"):
        st.caption(t("series.keepers_lead"))
        series_pick.volunteer(t("series.keeper"), key=f"{key}.keeper")
        series_pick.volunteer(t("series.substitute"), key=f"{key}.substitute")
        st.button(
            t("series.act.do"),
            key=key,
            type="primary",
            on_click=_kept,
            args=(line.id, line.version, key, act_key(key)),
        )


def _kept(series_id: int, version: int, key: str, deed_key: str) -> None:
    values: dict[str, Any] = {
        "keeper_id": series_pick.chosen(f"{key}.keeper"),
        "substitute_id": series_pick.chosen(f"{key}.substitute"),
    }
    act(series.set_keepers, key=deed_key, done="series.done.kept", series_id=series_id, version=version, **values)
