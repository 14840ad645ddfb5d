"""A draft that could not be sent: everything it rests on that has changed, who did it when, and the two ways on."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.filters import Filters, parse
from dashboard.services.match_desk import Head
from dashboard.ui import match_draft as draft
from dashboard.ui.plain import plain
from dashboard.ui.session import t

#: Told one by one; a plan that is so far off is better solved again.
SHOWN = 200


def box(found: Head, filters: Filters) -> None:
    """Nothing was sent: why not, row by row."""
    rows = draft.refused(found.run_id)
    if not rows:
        return
    with st.container(border=True, key="match.refused"):
        st.markdown(f":red[**{t('match_drafts.refused', count=len(rows))}**]")
        lines = [t(row["key"], **row["values"]) for row in rows[:SHOWN]]
        if len(lines) <= 8:
            st.markdown("\n".join(f"- {plain(line, 300)}" for line in lines))
        else:
            names = [t("match_page.column_number"), t("matches.column.reason")]
            table = pd.DataFrame(list(enumerate(lines, start=1)), columns=names)
            st.dataframe(table, hide_index=True, key="match.refused.rows", height=250)
        _ways_on(found, rows, filters)


def _ways_on(found: Head, rows: list[dict[str, Any]], filters: Filters) -> None:
    """Solve again with the marks, or send what nothing stands against."""
    whole = [row for row in rows if row["need_id"] is None]
    with st.container(horizontal=True):
        st.button(
            t("match_page.solve_with_marks"),
            key="match.refused.solve",
            type="primary",
            icon=":material/hub:",
            on_click=draft.solve_again,
            args=(_asked(found, filters), found.run_id),
        )
        st.button(
            t("match_page.send_others"),
            key="match.refused.send",
            icon=":material/send:",
            disabled=bool(whole),
            help=t("match_page.rules_changed_help") if whole else t("match_page.send_others_help"),
            on_click=draft.commit,
            args=(found.run_id, found.version, draft.commit_key(), tuple(draft.left_out(found.run_id))),
        )
        st.button(
            t("matches.forget_refused"), key="match.refused.forget", type="tertiary", on_click=draft.forget_refused
        )


def _asked(found: Head, filters: Filters) -> Filters:
    """What the plan was solved for, whatever the filter says now."""
    return filters if found.some_needs else parse(dict(found.asked))
