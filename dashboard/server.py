"""The ASGI application: Streamlit behind our gate, with our sign-in pages, health answer, files and map data.

`python -m dashboard run` serves it; `streamlit run dashboard/server.py` and `uvicorn dashboard.server:app` do too.
"""

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

import streamlit as st  # noqa: E402
from starlette.concurrency import run_in_threadpool  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import JSONResponse, RedirectResponse  # noqa: E402
from starlette.routing import BaseRoute, Mount, Route  # noqa: E402
from starlette.staticfiles import StaticFiles  # noqa: E402
from streamlit import config  # noqa: E402

from dashboard.services import signins, store, tick_loop  # noqa: E402
from dashboard.text import LANGUAGES, text  # noqa: E402
from dashboard.ui import deck_html, link_html, map_card_words, navigation, notices, plan_words  # noqa: E402
from dashboard.ui import session as ui_session  # noqa: E402
from dashboard.web import api, links, map_data, plan_edits, present, signin, verify  # noqa: E402
from dashboard.web.files import PackedFiles  # noqa: E402
from dashboard.web.gate import Gate, actor_of  # noqa: E402
from dashboard.web.sockets import send_at_once  # noqa: E402

STATIC = HERE / "static"
STREAMLIT_STATIC = Path(st.__file__).resolve().parent / "static" / "static"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Bring the database up to date, show the set-up token where there is no account yet, open the front door; then do
    what is due every so often, as long as the server runs."""
    database = store.database()
    await run_in_threadpool(store.prepare, database)
    if signins.needs_first_admin(database):
        # The console is the one place only the person who started the server can read.
        for language in LANGUAGES:
            sys.stderr.write(text(language, "signin.console", token=signin.setup_token()) + "\n")
        sys.stderr.flush()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    send_at_once()
    ui_session.open_front_door()
    async with tick_loop.ticking(database):
        yield {}


def _warm_up() -> None:
    """Compile the matching engine beside the first visitors, so that the first match is as quick as the next."""
    # Imported here: the compiler takes a second to load, and nobody should wait for it.
    from dashboard.core.matching.warm import warm_up

    warm_up()


async def health(_request: Request) -> JSONResponse:
    """Does the server answer, and its database? 200 or 503; says nothing else."""
    well = await run_in_threadpool(lambda: store.answers(store.database()))
    return JSONResponse({"ok": well}, 200 if well else 503)


async def front_page(request: Request) -> RedirectResponse:
    """The front page by its own name: Streamlit knows its first page only as "/"."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/", 307)


def allowed_hosts() -> list[str]:
    """The host names this server answers to (`server.allowedHosts`)."""
    return [str(name) for name in config.get_option("server.allowedHosts")]


ROUTES: list[BaseRoute] = [
    Route("/healthz", health),
    Route(f"/{navigation.ENTRIES[0].name}", front_page),
    *signin.routes(),
    *map_data.routes(actor_of, map_card_words.card),
    *plan_edits.routes(actor_of, plan_words.mark),
    *links.routes(links.Writer(link_html.volunteer, link_html.resident, link_html.refusal)),
    *verify.routes(),
    *present.routes(actor_of, present.Writer(deck_html.present, deck_html.notes)),
    *api.routes(),
    Mount("/app/static", StaticFiles(directory=STATIC)),
]

app = st.App(
    HERE / "app.py",
    lifespan=lifespan,
    routes=ROUTES,
    on_script_error=notices.failed,
    middleware=[
        Middleware(Gate, hosts=allowed_hosts),
        Middleware(PackedFiles, folders={"/static/": STREAMLIT_STATIC, "/app/static/": STATIC}),
    ],
)
