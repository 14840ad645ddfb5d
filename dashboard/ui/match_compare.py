"""Drafts of one run side by side: every tier, how good each is proven to be, how many edits made it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.services import match_drafts
from dashboard.services.match_desk import Head
from dashboard.services.match_drafts import DraftRow
from dashboard.services.match_runs import Value
from dashboard.ui import match_draft as draft
from dashboard.ui import match_head, show
from dashboard.ui import match_say as say
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

#: More don't fit beside each other.
MOST = 8


def view(found: Head) -> None:
    """One column a draft; the way by hand and the unedited plan in front."""
    run = found.of or found.run_id
    mine = ask(match_drafts.drafts, of=run)
    rows = mine[:MOST][::-1]
    st.caption(t("match_page.compare_lead"))
    st.dataframe(table(found, rows), hide_index=True, key="match.compare", height="content")
    if len(mine) > MOST:
        st.caption(t("match_page.first_of", shown=MOST, count=len(mine)))
    with st.container(horizontal=True):
        for row in rows:
            st.button(
                plain(t("match_page.look_at", name=match_head.name_of(row))),
                key=f"match.look.{row.run_id}",
                disabled=row.run_id == found.run_id,
                on_click=draft.look_at,
                args=(row.run_id,),
            )
        st.button(
            t("match_page.copy"),
            key="match.compare.copy",
            icon=":material/content_copy:",
            on_click=draft.command,
            args=(match_drafts.copy_draft,),
            kwargs={"then": "open", "run_id": found.run_id},
        )


def table(found: Head, rows: Sequence[DraftRow]) -> pd.DataFrame:
    """A row a tier, a column a plan."""
    columns: dict[str, list[str]] = {
        t("match_page.column_tier"): [
            *(t(f"match_page.tier_{name}") for name in say.TIERS),
            t("match_page.gap_name"),
            t("match_page.edits"),
            t("match_page.made_at"),
        ],
        t("match_page.by_hand"): [*_tiers(found.greedy), show.DASH, show.DASH, show.DASH],
        t("match_page.unedited"): [*_tiers(found.unedited), show.DASH, "0", show.DASH],
    }
    for row in rows:
        name = match_head.name_of(row)
        heading = t("match_page.this_one", name=name) if row.run_id == found.run_id else name
        while heading in columns:
            heading += " "
        at = f"{show.short_date(language(), row.at)} {show.clock(row.at)}"
        columns[heading] = [*_tiers(row.value), say.gap(row.gap), say.number(row.edits), at]
    return pd.DataFrame(columns)


def _tiers(value: Value) -> list[str]:
    return [say.number(count) for count in say.tiers(value).values()]
