"""Accounts: who may sign in, as which role, for which part of the county."""

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services import accounts
from dashboard.ui import account_cards
from dashboard.ui.ask import ask
from dashboard.ui.session import guard, t

guard(Action.MANAGE_ACCOUNTS)
places = ask(accounts.places)

filters, new = st.columns([5, 1], vertical_alignment="bottom")
with filters:
    wanted = account_cards.search()
with new:
    account_cards.creator(places)

found = ask(accounts.listing, page=account_cards.page_number(), **wanted)
listed, card = st.columns([7, 4], gap="medium")
with listed:
    chosen = account_cards.table(found)
with card:
    if chosen:
        account_cards.editor(chosen, places)
    else:
        st.info(t("accounts.pick"), icon=":material/touch_app:")
