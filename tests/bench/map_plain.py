"""Serves map_pages.py together with our own copies of Leaflet, so that the comparison pages work offline too."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.routing import Mount  # noqa: E402
from starlette.staticfiles import StaticFiles  # noqa: E402

from dashboard.draw.maps import STATIC  # noqa: E402

app = st.App(Path(__file__).parent / "map_pages.py", routes=[Mount("/app/static", StaticFiles(directory=STATIC))])
