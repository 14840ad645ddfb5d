"""Match open needs to free volunteers: one need with its ranked candidates, or all of them at once."""

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services.needs_queue import View
from dashboard.ui import filters, hand_over_lines, match_all, match_one, need_list, need_picks, printing
from dashboard.ui.map_view import Layers, map_picks, show_map
from dashboard.ui.session import guard, t

who = guard(Action.SEE_MATCH)
chosen = filters.current()
hand_over_lines.told(who)

with st.container(horizontal=True, vertical_alignment="center", key="match.head"):
    modes = {mode: t(f"matches.mode.{mode}") for mode in ("one", "all")}
    mode = st.segmented_control(
        t("matches.mode"),
        list(modes),
        default="one",
        required=True,
        format_func=modes.__getitem__,
        key="match.mode",
        label_visibility="collapsed",
        persist_state="session",
    )
    if mode == "all":
        match_all.bar(who, chosen)
    else:
        st.space("stretch")
        need_list.search(key="match")
    filters.show(chosen)

if mode == "all":
    match_all.panel(chosen)
else:
    need_id = need_picks.picked()
    need = match_one.chosen(need_id)
    found = match_one.ranking(need) if need else None
    printing.style()
    with st.container(key="match.desk"):
        queue, middle, right = st.columns([4, 4, 5], gap="small")
    with queue:
        need_list.rows(need_list.asked(chosen, "match", View.TO_DISPATCH), key="match", compact=True, height=620)
    with middle:
        marks = match_one.marks(need, found) if need and found else []
        selected = f"need:{need_id}" if need else None
        show_map(Layers(chosen, sites=False, needs=need is None), key="match.map", marks=marks)
        around = f"town:{need.town_code}" if need and need.town_code else selected
        map_picks("match.map", selected=selected, focus=around, on_pick=need_picks.pick_on_map)
    with right:
        if need and found:
            match_one.panel(who, need, found)
        else:
            st.info(t("matches.pick_need"), icon=":material/touch_app:")
