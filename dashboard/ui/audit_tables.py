"""The Audit page's parts: what to look for, the table of deeds with what changed, the table of looks and sign-ins."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services import audit
from dashboard.services.audit import AccessRow, AuditRow, Listing
from dashboard.text import known
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

#: The first view reaches back this far.
DAYS = 30
ANYBODY = -1
#: Filter values per tab, kept in the address so that a view can be sent to a colleague.
TABS = ("deeds", "looks")


def tab() -> str:
    """Deeds, or looks and sign-ins."""
    names = {name: t(f"audit.tab_{name}") for name in TABS}
    chosen = st.segmented_control(
        t("audit.tab"),
        TABS,
        default=TABS[0],
        required=True,
        format_func=names.__getitem__,
        key="audit.tab",
        label_visibility="collapsed",
        on_change=_first_page,
    )
    return str(chosen)


def wanted(which: str) -> dict[str, Any]:
    """The filter row, as values for the question."""
    today = datetime.now(UTC).astimezone(show.COUNTY_TIME).date()
    days, people, kind, words = st.columns([3, 2, 2, 3], vertical_alignment="bottom")
    chosen = days.date_input(
        t("audit.days"),
        (today - timedelta(days=DAYS), today),
        max_value=today,
        format="YYYY-MM-DD",
        key="audit.days",
        on_change=_first_page,
    )
    names = {ANYBODY: t("audit.anybody"), audit.SYSTEM: t("audit.system")} | dict(ask(audit.people))
    who = people.selectbox(
        t("audit.who"), list(names), format_func=names.__getitem__, key="audit.who", on_change=_first_page
    )
    values: dict[str, Any] = {**_span(chosen, today), "who": None if who == ANYBODY else who}
    with kind:
        values |= _action() if which == "deeds" else _kind()
    values["words"] = words.text_input(
        t("audit.words"),
        key="audit.words",
        placeholder=t(f"audit.words_{which}"),
        icon=":material/search:",
        on_change=_first_page,
    )
    values["page"] = int(st.session_state.get("audit.page", 1)) - 1
    return values


def _span(chosen: Any, today: date) -> dict[str, datetime]:
    """Whole days in county time; a half-picked range is one day."""
    days = tuple(chosen) if isinstance(chosen, (tuple, list)) else (chosen,)
    first, last = (days[0], days[-1]) if days else (today, today)
    return {"since": _midnight(first), "until": _midnight(last + timedelta(days=1))}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), show.COUNTY_TIME)


def _action() -> dict[str, str]:
    names = {"": t("audit.any_action")} | {str(action): t(f"permissions.action.{action}") for action in Action}
    chosen = st.selectbox(
        t("audit.action"), list(names), format_func=names.__getitem__, key="audit.action", on_change=_first_page
    )
    return {"action": chosen or ""}


def _kind() -> dict[str, str]:
    names = {"": t("audit.any_kind")} | {kind: t(f"audit.kind_{kind}") for kind in audit.KINDS}
    chosen = st.selectbox(
        t("audit.kind"), list(names), format_func=names.__getitem__, key="audit.kind", on_change=_first_page
    )
    return {"kind": chosen or ""}


def deeds(found: Listing) -> AuditRow | None:
    """The table of deeds; the one picked, None for none."""
    if not found.rows:
        st.info(t("audit.none"), icon=":material/search_off:")
        return None
    rows: tuple[AuditRow, ...] = found.rows
    frame = pd.DataFrame(
        {
            "at": [show.datetime_(language(), row.at) for row in rows],
            "who": [row.who or t("audit.system") for row in rows],
            "role": [_word(f"words.role.{row.role}", row.role) for row in rows],
            "deed": [_word(f"audit.deed.{row.command}", row.command) for row in rows],
            "subject": [_subject(row) for row in rows],
            "changed": [_fields(row) for row in rows],
            "reason": [row.reason for row in rows],
        }
    )
    picked = st.dataframe(
        frame,
        key="audit.deeds",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={column: t(f"audit.column_{column}") for column in frame.columns},
    )
    _pages(found)
    chosen = picked["selection"]["rows"]
    return rows[chosen[0]] if chosen and chosen[0] < len(rows) else None


def deed(row: AuditRow) -> None:
    """What one deed changed, before and after."""
    with st.container(border=True, key="audit.card"):
        st.subheader(_word(f"audit.deed.{row.command}", row.command), anchor=False)
        st.caption(t("audit.deed_line", number=row.id, code=row.command))
        if row.batch_id is not None:
            st.caption(t("audit.batch", number=row.batch_id))
        if not row.changes:
            st.text(t("audit.no_change"))
            return
        kept = t("audit.kept_apart")
        frame = pd.DataFrame(
            {
                "field": [_word(f"audited.{change.field}", change.field) for change in row.changes],
                "before": [kept if change.personal else change.before for change in row.changes],
                "after": [kept if change.personal else change.after for change in row.changes],
            }
        )
        st.dataframe(
            frame,
            hide_index=True,
            key="audit.changes",
            column_config={column: t(f"audit.column_{column}") for column in frame.columns},
        )


def looks(found: Listing) -> None:
    """The table of looks at personal data and of sign-ins."""
    if not found.rows:
        st.info(t("audit.none"), icon=":material/search_off:")
        return
    rows: tuple[AccessRow, ...] = found.rows
    frame = pd.DataFrame(
        {
            "at": [show.datetime_(language(), row.at) for row in rows],
            "who": [row.who or t("audit.nobody") for row in rows],
            "kind": [_word(f"audit.kind_{row.kind}", row.kind) for row in rows],
            "subject": [_subject(row) for row in rows],
            "fields": [t("show.comma").join(_word(f"access.{field}", field) for field in row.fields) for row in rows],
            "reason": [row.reason for row in rows],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        key="audit.looks",
        column_config={column: t(f"audit.column_{column}") for column in frame.columns},
    )
    _pages(found)


def _pages(found: Listing) -> None:
    pages = -(-found.total // audit.PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("audit.count", count=show.number(language(), found.total)))
        if pages > 1:
            st.pagination(pages, key="audit.page")


def _fields(row: AuditRow) -> str:
    names = [_word(f"audited.{change.field}", change.field) for change in row.changes[:4]]
    return t("show.comma").join(names) + ("…" if len(row.changes) > 4 else "")


def _subject(row: AuditRow | AccessRow) -> str:
    word = _word(f"audit.subject.{row.subject}", row.subject)
    called = row.called or ("" if row.subject_id is None else str(row.subject_id))
    return f"{word} {called}".rstrip()


def _word(key: str, otherwise: str) -> str:
    """The sentence of a key, or the code itself where a later version wrote a word we don't know."""
    return t(key) if known(key) else otherwise


def _first_page() -> None:
    st.session_state["audit.page"] = 1
