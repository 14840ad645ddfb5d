"""Take an order by phone, see the queue with its clocks, open an order and move it along."""

import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.core.permissions import Action
from dashboard.services import need_card
from dashboard.ui import (
    chat_paste,
    clocks,
    filters,
    hand_over_lines,
    need_bulk,
    need_form,
    need_list,
    need_picks,
    need_view,
    nobody_list,
    printing,
    visit_sheet,
)
from dashboard.ui.ask import ask
from dashboard.ui.session import guard, language, sentence, t

who = guard(Action.SEE_NEEDS)
chosen = filters.current()
business = need_form.opened() if who.may(Action.EDIT_NEED) else None
need_id = need_picks.picked()
printing.style()

if visit_sheet.is_open():
    visit_sheet.sheet(who)
    st.stop()

hand_over_lines.told(who)
with st.container(horizontal=True, vertical_alignment="bottom", key="needs.head"):
    found = need_list.head(chosen, key="needs")
    st.space("stretch")
    need_list.search(key="needs")
    filters.show(chosen)
    if who.may(Action.EDIT_NEED):
        st.button(
            t("needs.new"), key="needs.new", type="primary", icon=":material/add_call:", on_click=need_form.open_new
        )

if who.may(Action.EDIT_NEED) and chat_paste.is_open():
    chat_paste.paste()
beside = business is not None or need_id is not None
with st.container(key="needs.desk"):
    listed, opened = st.columns([6, 5], gap="medium") if beside else (st.container(), st.empty())
with listed:
    with st.container(horizontal=True, vertical_alignment="center", key="needs.second"):
        need_list.watch(found, key="needs")
        st.space("stretch")
        nobody_list.button(who)
        many = need_bulk.switch(who)
        if who.may(Action.EDIT_NEED):
            chat_paste.start()
            visit_sheet.start(who)
        need_list.export(chosen, found, key="needs")
    need_bulk.result()
    if many:
        need_bulk.bar(who, chosen, found)
    need_list.rows(found, key="needs", compact=beside, ticks=need_bulk.ticks() if many else None)
    clocks.explained()
if business is not None:
    with opened:
        need_form.form(business)
elif need_id is not None:
    with opened:
        try:
            need_view.view(who, ask(need_card.card, need_id=need_id, language=language()))
        except NotFound as error:
            st.warning(sentence(error))
