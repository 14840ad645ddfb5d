"""Needs with empty seats: why, what stands in the way of all that might come, and what could still be done."""

import pandas as pd
import streamlit as st

from dashboard.core.filters import Filters
from dashboard.services import draft_facts, draft_view, match_desk
from dashboard.services.draft_facts import Narrow
from dashboard.services.draft_view import Unmet
from dashboard.services.match_desk import Head
from dashboard.services.match_plan import EmptySeats
from dashboard.ui import match_displace, match_map, match_pair, show
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

PAGE = draft_view.PAGE


def view(found: Head, filters: Filters) -> None:
    """The list on the left; the map and the ticked need on the right."""
    drawn = ask(match_desk.drawn, run_id=found.run_id)
    with st.container(key="match.plan.desk"):
        left, right = st.columns([7, 5], gap="medium")
    with left:
        rows = _table(found)
    picked = (st.session_state.get("match.empty") or draft.NOTHING)["selection"]["rows"]
    chosen = rows.rows[picked[0]] if picked and picked[0] < len(rows.rows) else None
    with right:
        match_map.plan_map(found, drawn, filters, unmet=chosen.need if chosen else None)
        if chosen is not None:
            _one(found, chosen)
        elif rows.rows:
            st.caption(t("match_page.tick_empty"))


def _table(found: Head) -> Unmet:
    page = int(st.session_state.get("match.empty.page", 1)) - 1
    rows = ask(draft_view.unmet_page, run_id=found.run_id, page=page, language=language())
    if not rows.total:
        st.success(t("match_page.all_filled"), icon=":material/task_alt:")
        return rows
    st.caption(t("matches.unmet_lead"))
    lines = [
        {
            t("needs.column.title"): seat.need.title,
            t("needs.column.urgency"): t(f"words.urgency.{seat.need.urgency}"),
            t("needs.column.place"): seat.need.place,
            t("matches.column.empty"): seat.seats,
            t("matches.column.causes"): say.causes(seat),
            t("needs.column.code"): seat.need.code,
        }
        for seat in rows.rows
    ]
    st.dataframe(
        pd.DataFrame(lines),
        hide_index=True,
        key="match.empty",
        on_select="rerun",
        selection_mode="single-row",
        row_height=34,
        height=say.tall(len(lines), 600, 34),
    )
    pages = -(-rows.total // PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("match_page.empty_roles", count=say.number(rows.total)), width="content")
        st.space("stretch")
        if pages > 1:
            st.number_input(
                t("needs.page", pages=pages), 1, pages, key="match.empty.page", width=170, on_change=draft.untick
            )
    return rows


def _one(found: Head, seat: EmptySeats) -> None:
    with st.container(border=True, key="match.short", gap="small"):
        st.markdown(f"**{plain(seat.need.title)}**")
        st.caption(
            plain(
                f"{seat.need.category} · {t(f'words.urgency.{seat.need.urgency}')} · {seat.need.place} · "
                f"{t('match_page.seats_empty', count=seat.seats)} · {seat.need.code}",
                300,
            )
        )
        narrow = ask(draft_facts.bottleneck_of, run_id=found.run_id, role_id=seat.role_id, language=language())
        if narrow is not None:
            _narrow(narrow)
        _removed(seat)
        match_displace.proposals(seat.need.need_id, seat.role_id, seat.need.urgency)
        match_pair.why_not(found, seat.need, seat.role_id)
        match_pair.open_need(seat.need)


def _narrow(found: Narrow) -> None:
    """The bottleneck in one sentence, then its needs."""
    st.markdown(f":red[**{plain(narrow_words(found), 400)}**]")
    if found.need_count > 1:
        st.caption(plain(t("match_page.narrow_needs", needs=say.needs(found.needs), count=found.need_count), 800))


def narrow_words(found: Narrow) -> str:
    """ "11月28日周六 08:00–12:00 有 7 单要电工，能去的 4 人最多接 4 个名额：至少 3 个空着"."""
    if found.cause:
        return t(f"match_page.narrow_{found.cause}", seats=found.seats, unmet=found.unmet, people=found.people)
    values = {
        "when": show.span(language(), found.start, found.end) if found.start else t("match_page.no_time"),
        "needs": say.number(found.need_count),
        "seats": say.number(found.seats),
        "skills": t("match_page.narrow_skills", skills=t("show.comma").join(found.skills)) if found.skills else "",
        "people": say.number(found.people),
        "room": say.number(found.room),
        "unmet": say.number(found.unmet),
    }
    if not found.people:
        return t("match_page.narrow_nobody", **values)
    return t("match_page.narrow", **values)


def _removed(seat: EmptySeats) -> None:
    """How many each rule removed."""
    if not seat.causes:
        return
    st.caption(t("match_page.removed"))
    names = [t("matches.column.reason"), t("match_page.column_people")]
    rows = [
        (t(f"match_rules.cause_{name}"), count)
        for name, count in sorted(seat.causes, key=lambda pair: -pair[1])
        if name != "chosen"
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=names), hide_index=True, key=f"match.removed.{seat.role_id}", height="content"
    )
