"""The gate: closed unless open, whoever asks and however; safe headers on every answer."""

import http.client
import shutil
import sqlite3
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus

from dashboard.text import text
from dashboard.web import gate
from tests.server import sockets
from tests.serving import Served, serving

CLOSED = [
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/health",
    "/_stcore/script-health-check",
    "/_stcore/agent/openapi.json",
    "/media/abc.png",
    "/component/streamlit_folium.st_folium/index.html",
    "/_stcore/bidi-components/x/y.js",
    "/map-data/grids.json",
    "/map-data/needs.json",
    "/vendor/x",
    "/needs",
    "/app",
    "/app/staticx",
    "/healthz/",
    "/healthzz",
    "/signin/../needs",
    "//evil.example/x",
    "/oauth2callback",
    "/docs",
    "/r/",
    "/r/a/b",
    "/r/_stcore/stream",
    "/verify/",
    "/verify/_stcore/health",
    "/api/v2/needs",
]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_but_the_open_paths_answers_a_stranger(served: Served, path: str) -> None:
    answer = _raw(served, "GET", path)
    assert 401 == answer.status, answer.read()
    page = _raw(served, "GET", path, {"Accept": "text/html"})
    assert 303 == page.status
    assert (page.getheader("location") or "").startswith("/signin")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize(
    "path", ["/plan/mark", "/_stcore/upload_file/a/b", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/"]
)
def test_a_stranger_can_neither_upload_nor_drive_the_app(served: Served, method: str, path: str) -> None:
    assert 401 == _raw(served, method, path, {"Accept": "text/html"}, b"x" * 100).status


@pytest.mark.parametrize(
    "cookie", ["", "dashboard_session=", "dashboard_session=abc", f"dashboard_session={'x' * 90}", "a=b; c", "\x7f=;;;"]
)
def test_a_made_up_cookie_is_a_stranger(served: Served, cookie: str) -> None:
    assert 401 == _raw(served, "GET", "/map-data/grids.json", {"Cookie": cookie}).status


def test_the_private_header_of_a_client_counts_for_nothing(served: Served) -> None:
    browser = served.enter_as("admin")
    digest = __import__("hashlib").sha256(browser.cookies[gate.COOKIE].encode()).hexdigest()
    forged = {gate.PRIVATE_HEADER: digest}
    assert 401 == _raw(served, "GET", "/map-data/grids.json", forged).status
    with pytest.raises(InvalidStatus), sockets.opened(served, headers=forged):
        pass


def test_a_stranger_gets_no_websocket_and_a_signed_in_browser_does(served: Served) -> None:
    with pytest.raises(InvalidStatus), sockets.opened(served):
        pass
    with sockets.opened(served, served.enter_as("leader")) as socket:
        assert sockets.session_id(sockets.run(socket))


def test_a_websocket_opened_by_another_site_is_refused(served: Served) -> None:
    with pytest.raises(InvalidStatus), sockets.opened(served, served.enter_as("leader"), origin="http://evil.example"):
        pass


def test_nobody_takes_up_a_session_of_another_sign_in(served: Served) -> None:
    admin, leader = served.enter_as("admin"), served.enter_as("leader")
    with sockets.opened(served, admin) as socket:
        mine = sockets.session_id(sockets.run(socket))
        with sockets.opened(served, leader, resume=mine) as other:
            assert mine != sockets.session_id(sockets.run(other))
    with sockets.opened(served, leader, resume=mine) as other:
        assert mine != sockets.session_id(sockets.run(other))
    with sockets.opened(served, admin, resume=mine) as again:
        assert mine == sockets.session_id(sockets.run(again))


def test_an_open_tab_shows_nothing_more_once_its_session_has_ended(served: Served) -> None:
    browser = served.enter_as("admin")
    with sockets.opened(served, browser) as socket:
        assert "app.heading" in sockets.words(sockets.run(socket))
        answer = browser.post(f"{served.url}/signout", allow_redirects=False, timeout=20)
        assert 303 == answer.status_code
        after = sockets.words(sockets.run(socket))
        assert "app.heading" not in after
        assert "/signin" in after
    browser.cookies.clear()


def test_an_upload_needs_the_session_s_own_cookie_and_token(served: Served) -> None:
    browser = served.enter_as("admin")
    with sockets.opened(served, browser) as socket:
        mine = sockets.session_id(sockets.run(socket))
        url = f"{served.url}/_stcore/upload_file/{mine}/file"
        assert 401 == requests.put(url, files={"f": b"x"}, timeout=20).status_code
        assert 403 == browser.put(url, files={"f": b"x"}, timeout=20).status_code


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "", "a b", "x@127.0.0.1"]
)
def test_another_host_name_is_refused(served: Served, host: str) -> None:
    for path in ("/healthz", "/signin", "/"):
        assert 421 == _raw(served, "GET", path, {"Host": host}).status


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("LocalHost:8501", "localhost"),
        ("[::1]:8501", "::1"),
        ("a.example.", "a.example"),
        ("a.example:port", None),
        ("user@a.example", None),
        ("a.example/path", None),
        (" ", None),
        (None, None),
    ],
)
def test_the_name_in_a_host_header(header: str | None, name: str | None) -> None:
    assert name == gate.host_name(header)


@pytest.mark.parametrize(
    ("host", "allowed", "expected"),
    [
        ("office.example", ["office.example"], True),
        ("a.office.example", ["*.office.example"], True),
        ("office.example", ["*.office.example"], False),
        ("evil-office.example", ["*.office.example"], False),
        ("anything", ["*"], True),
        ("anything", [], False),
    ],
)
def test_which_hosts_are_allowed(host: str, allowed: list[str], expected: bool) -> None:
    assert expected == gate.host_allowed(host, allowed)


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/signin",
        "/",
        "/needs",
        "/nothing-here.js",
        "/app/static/map.js",
        "/app/static/no.js",
        "/static/x.js",
    ],
)
def test_every_answer_carries_the_safe_headers(served: Served, path: str) -> None:
    answer = _raw(served, "GET", path)
    policy = answer.getheader("content-security-policy") or ""
    for rule in ("default-src 'self'", "connect-src 'self'", "object-src 'none'", "frame-ancestors 'self'"):
        assert rule in policy
    assert "http" not in policy
    assert "nosniff" == answer.getheader("x-content-type-options")
    assert "SAMEORIGIN" == answer.getheader("x-frame-options")
    assert "same-origin" == answer.getheader("referrer-policy")


def test_what_stands_behind_the_sign_in_is_kept_by_no_shared_cache(served: Served) -> None:
    browser = served.enter_as("admin")
    for path in ("/", "/map-data/grids.json", "/_stcore/host-config"):
        kept = browser.get(served.url + path, timeout=20).headers["cache-control"]
        assert "no-store" in kept or "private" in kept or "no-cache" in kept, path


def test_files_are_sent_packed_and_kept_by_the_browser(served: Served) -> None:
    packed = requests.get(f"{served.url}/app/static/map.js", timeout=20)
    assert "gzip" == packed.headers["content-encoding"]
    assert "immutable" in packed.headers["cache-control"]
    plain = requests.get(f"{served.url}/app/static/map.js", headers={"accept-encoding": "identity"}, timeout=20)
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_streamlit_s_scripts_are_sent_packed_too(served: Served) -> None:
    page = served.enter_as("leader").get(served.url, timeout=20).text
    scripts = [word.split('"')[0].lstrip("./") for word in page.split('src="')[1:] if ".js" in word.split('"')[0]]
    assert scripts
    for script in scripts:
        answer = requests.get(f"{served.url}/{script}", timeout=20)
        assert (200, "gzip") == (answer.status_code, answer.headers["content-encoding"])


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/../config.toml",
        "/app/static/..%2f.streamlit%2fconfig.toml",
        "/app/static/%2e%2e/server.py",
        "/app/static//etc/passwd",
        "/app/static/%00",
        "/static/..%2f..%2f..%2fapp.py",
        "/static/%2e%2e/%2e%2e/index.js",
    ],
)
def test_no_path_leads_out_of_the_public_folders(served: Served, path: str) -> None:
    answer = _raw(served, "GET", path, {"Accept-Encoding": "gzip"})
    assert answer.status in (400, 401, 404)


def test_the_health_answer_says_nothing_else(served: Served) -> None:
    assert {"ok": True} == requests.get(f"{served.url}/healthz", timeout=20).json()


def _raw(
    served: Served, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> http.client.HTTPResponse:
    """A request exactly as written: no redirects followed, no path made tidy."""
    connection = http.client.HTTPConnection(served.host, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in (headers or {}))
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    return connection.getresponse()


def test_a_page_that_fails_says_when_and_nothing_of_what_is_inside(small_county: Path, tmp_path: Path) -> None:
    """A table is missing: the reader gets a sentence, the log the reason."""
    path = tmp_path / "broken.db"
    shutil.copy(small_county, path)
    with serving(f"sqlite:///{path}") as broken:
        browser = broken.enter_as("admin")
        with sqlite3.connect(path) as connection:
            connection.execute("alter table audit rename to audit_away")
        connection.close()
        with sockets.opened(broken, browser) as socket:
            sockets.run(socket)
            said = sockets.words(sockets.run(socket, page="audit"))
        assert "no such table" not in said and "Traceback" not in said
        assert text("zh", "app.failed", time="")[:8] in said
        assert "no such table" in broken.said()
