"""The gap alarm: visits of the next three days to which nobody is sent, each a click away from being dispatched."""

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services.series_reading import ALARM, Gap
from dashboard.ui import need_links, show
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, language, t

#: More than a screen of them is a list nobody reads; the rest are counted.
SHOWN = 12


def alarm(found: tuple[Gap, ...], *, calm: bool) -> None:
    """The gaps, the first first; where there are none that is said if `calm`: beside a meal round that nobody carries
    it would be read as being about that too."""
    if not found:
        if calm:
            st.success(t("series.no_gaps", days=ALARM.days), icon=":material/task_alt:")
        return
    st.error(t("series.gaps", count=len(found), days=ALARM.days), icon=":material/notification_important:")
    for gap in found[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"rounds.gap.{_name(gap)}"):
            when = show.span(language(), gap.start, gap.end)
            st.markdown(f"**{plain(when)}** {plain(_words(gap))}", width="content")
            if gap.need_id is None:
                st.caption(t("series.gap_not_made"), width="content")
            elif actor().may(Action.SEE_MATCH):
                need_links.go("match", gap.need_id, t("series.send"), icon=":material/person_search:")
            else:
                need_links.go("needs", gap.need_id, t("series.open_need"), icon=":material/list_alt:")
    if len(found) > SHOWN:
        st.caption(t("series.more_gaps", count=len(found) - SHOWN))


def _name(gap: Gap) -> str:
    return f"{gap.series_id}.{int(gap.original.timestamp())}"


def _words(gap: Gap) -> str:
    keeper = t("series.kept_by", name=gap.keeper) if gap.keeper else ""
    return " · ".join(part for part in (gap.title, gap.resident, gap.code, keeper) if part)
