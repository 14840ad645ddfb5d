"""A service certificate as it is printed: who, when, every service, totals by grade, issuer, date, code."""

import pandas as pd
import streamlit as st

from dashboard.core.words import Grade
from dashboard.services import certificates_of_service as certificates
from dashboard.services.certificates_of_service import Sheet, State
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_OPEN = "hours.sheet.open"
#: On paper only the sheet; long tables break between rows.
_STYLE = """
<style>
@media print {
  .st-key-app-heading, .st-key-hours-sheet-head { display: none !important; }
  .st-key-hours-sheet table { font-size: 11px; }
  .st-key-hours-sheet tr { break-inside: avoid; }
}
</style>
"""


def open_sheet(certificate_id: int) -> None:
    """Show this certificate instead of the page (a callback)."""
    st.session_state[_OPEN] = certificate_id


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def is_open() -> bool:
    """Is a certificate wanted instead of the page?"""
    return st.session_state.get(_OPEN) is not None


def sheet() -> None:
    """The certificate that was opened, or why it is not printed."""
    st.html(_STYLE)
    found = ask(certificates.sheet, certificate_id=int(st.session_state[_OPEN]), language=language())
    with st.container(horizontal=True, vertical_alignment="center", key="hours.sheet.head"):
        st.button(t("hours.back"), key="hours.sheet.back", icon=":material/arrow_back:", on_click=_close)
        if found.certified.state is State.VALID:
            st.caption(t("hours.sheet.how"), width="content")
    if found.certified.state is not State.VALID:
        st.warning(t(f"hours.sheet.{found.certified.state}"))
        return
    with st.container(key="hours.sheet"):
        _paper(found)


def _paper(found: Sheet) -> None:
    shown, certified = language(), found.certified
    days = {"first": show.date(shown, certified.first), "last": show.date(shown, certified.last)}
    total = sum(certified.minutes)
    st.markdown(f"#### {t('hours.sheet.title')}")
    st.markdown(
        t(
            "hours.sheet.lead",
            name=plain(found.name),
            code=plain(found.volunteer_code),
            services=certified.services,
            minutes=show.number(shown, total),
            hours=show.number(shown, total / 60, 1),
            **days,
        )
    )
    heads = ("sheet.number", "sheet.date", "column.place", "column.content", "column.minutes", "column.grade")
    lines = [
        [
            str(number),
            f"{show.date(shown, row.start)} {show.clock(row.start)}–{show.clock(row.end)}",
            plain(row.place),
            plain(" ".join(part for part in (row.content, row.order) if part)),
            show.number(shown, row.minutes),
            str(row.grade),
        ]
        for number, row in enumerate(found.rows, start=1)
    ]
    st.table(pd.DataFrame(lines, columns=[t(f"hours.{key}") for key in heads]), hide_index=True)
    sums = [
        [t(f"hours.grade.{grade}"), t("hours.sheet.minutes", value=show.number(shown, minutes))]
        for grade, minutes in zip(Grade, certified.minutes, strict=True)
    ]
    sums.append([t("hours.sheet.total"), t("hours.sheet.minutes", value=show.number(shown, total))])
    sums += [
        [t("hours.sheet.issuer"), plain(f"{certified.issuer} {t('hours.sheet.seal')}")],
        [t("hours.sheet.clerk"), plain(certified.issued_by)],
        [t("hours.sheet.issued_at"), show.date(shown, certified.issued_at)],
        [t("hours.sheet.code"), certified.code],
    ]
    st.table(pd.DataFrame(sums, columns=["", " "]), hide_index=True)
    st.caption(t("hours.sheet.verify", path=plain(f"/verify/{certified.code}")))
