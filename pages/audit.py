"""Audit: who changed what, who looked at personal data, who signed in."""

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services import audit
from dashboard.ui import audit_tables
from dashboard.ui.ask import ask
from dashboard.ui.session import guard, t

guard(Action.SEE_AUDIT)
which = audit_tables.tab()
wanted = audit_tables.wanted(which)

if which == "looks":
    audit_tables.looks(ask(audit.looks, **wanted))
else:
    listed, card = st.columns([8, 4], gap="medium")
    with listed:
        chosen = audit_tables.deeds(ask(audit.deeds, **wanted))
    with card:
        if chosen:
            audit_tables.deed(chosen)
        else:
            st.info(t("audit.pick"), icon=":material/touch_app:")
