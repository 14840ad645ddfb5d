"""The front door: page config, who is signed in, the menu of her role, title, notice, page."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard.ui import house_style, navigation, notices, session  # noqa: E402
from dashboard.ui.session import t  # noqa: E402

ICON = ROOT / "dashboard" / "static" / "icon.png"
st.set_page_config(page_title=t("app.name"), page_icon=ICON, layout="wide")
st.logo(ICON, size="large")

who = session.signed_in()
if who is None:
    st.navigation([lambda: None], position="hidden")
    session.turn_away()
page = navigation.menu(who)
st.set_page_config(page_title=t("app.page_title", page=page.title, name=t("app.name")))
house_style.style()
navigation.heading(page, who)
notices.show()
page.run()
