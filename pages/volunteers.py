"""Find a volunteer, open the profile, keep free time, leave and limits true; see which certificates end soon."""

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services import volunteers
from dashboard.ui import volunteer_card, volunteer_views
from dashboard.ui.ask import ask
from dashboard.ui.session import guard, language
from dashboard.ui.team_views import today

who = guard(Action.SEE_VOLUNTEERS)
day = today()
ending = ask(volunteers.expiring_certificates, today=day, language=language())
which = volunteer_views.tab(ending.total)
chosen = volunteer_card.chosen()
listed, beside = st.columns([7, 5], gap="medium") if chosen else (st.container(), None)

with listed:
    if which == "find":
        volunteer_views.results(volunteer_views.form(), day)
    else:
        volunteer_views.expiring(day)
if chosen and beside:
    with beside:
        volunteer_card.card(who, chosen)
