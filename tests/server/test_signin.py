"""The sign-in pages of the real server: cookie, doors of the sample, forms from elsewhere, where they lead."""

import re

import pytest
import requests

from dashboard.text import text
from dashboard.web import gate
from db.engine import Database
from tests.serving import ROOT, Served, serving

GOOD = "tin-moth-river-42-lamp"
FORWARDED = [
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"},
    {"Via": "1.1 proxy"},
    {"X-Forwarded-Host": "127.0.0.1"},
    {"X-Forwarded-Proto": "https"},
]


def _post(served: Served, path: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
    return requests.post(served.url + path, data=fields, headers=headers, allow_redirects=False, timeout=20)


def test_a_newcomer_is_inside_a_sample_county_with_one_click(served: Served) -> None:
    page = requests.get(f"{served.url}/signin", timeout=20).text
    for role in ("coordinator", "station_worker", "leader", "admin"):
        assert f'<button name="role" value="{role}">' in page
        answer = _post(served, "/signin/as", role=role)
        assert (303, "/") == (answer.status_code, answer.headers["location"])


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    cookie = _post(served, "/signin/as", role="leader").headers["set-cookie"]
    assert cookie.startswith(f"{gate.COOKIE}=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


@pytest.mark.parametrize("headers", FORWARDED, ids=lambda headers: next(iter(headers)))
def test_the_sample_s_doors_are_shut_for_whatever_came_through_a_proxy(served: Served, headers: dict[str, str]) -> None:
    page = requests.get(f"{served.url}/signin", headers=headers, timeout=20).text
    assert 'name="role"' not in page
    answer = _post(served, "/signin/as", headers, role="admin")
    assert 403 == answer.status_code
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("role", ["", "system", "ADMIN", "admin ", "coordinator,admin"])
def test_there_is_no_door_for_a_made_up_role(served: Served, role: str) -> None:
    assert 403 == _post(served, "/signin/as", role=role).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/signin", "/signin/as", "/signin/setup", "/signout"])
def test_a_form_sent_from_another_page_does_nothing(served: Served, path: str, headers: dict[str, str]) -> None:
    browser = served.enter_as("leader")
    answer = browser.post(served.url + path, data={"role": "admin"}, headers=headers, allow_redirects=False, timeout=20)
    assert "set-cookie" not in answer.headers
    assert 200 == browser.get(f"{served.url}/map-data/grids.json", timeout=20).status_code


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/needs?need=5", "/needs?need=5"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("/signout", "/"),
        ("/signin?next=/signin", "/"),
        ("", "/"),
    ],
)
def test_after_the_sign_in_one_stays_on_this_server(served: Served, wanted: str, leads: str) -> None:
    assert leads == _post(served, "/signin/as", role="leader", next=wanted).headers["location"]


def test_a_page_asked_for_by_a_stranger_is_where_the_sign_in_leads(served: Served) -> None:
    answer = requests.get(
        f"{served.url}/teams?team=3", headers={"accept": "text/html"}, allow_redirects=False, timeout=20
    )
    assert "/signin?next=%2Fteams%3Fteam%3D3" == answer.headers["location"]
    page = requests.get(served.url + answer.headers["location"], timeout=20).text
    assert 'name="next" value="/teams?team=3"' in page


def test_a_link_followed_from_another_site_asks_once_more_for_the_strict_cookie(served: Served) -> None:
    headers = {"accept": "text/html", "sec-fetch-site": "cross-site"}
    answer = requests.get(f"{served.url}/teams", headers=headers, allow_redirects=False, timeout=20)
    assert 200 == answer.status_code
    assert 'http-equiv="refresh"' in answer.text and len(answer.text) < 200


def test_who_is_signed_in_already_goes_straight_on(served: Served) -> None:
    answer = served.enter_as("leader").get(f"{served.url}/signin", allow_redirects=False, timeout=20)
    assert (303, "/") == (answer.status_code, answer.headers["location"])


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(served: Served) -> None:
    browser = served.enter_as("leader")
    copied = {gate.COOKIE: browser.cookies[gate.COOKIE]}
    answer = browser.post(f"{served.url}/signout", allow_redirects=False, timeout=20)
    assert "/signin" == answer.headers["location"]
    assert gate.COOKIE not in browser.cookies
    assert 401 == requests.get(f"{served.url}/map-data/grids.json", cookies=copied, timeout=20).status_code


def test_the_sign_in_page_takes_a_cookie_back_that_opens_nothing_any_more(served: Served) -> None:
    browser = requests.Session()
    browser.cookies[gate.COOKIE] = "ended"
    assert "Max-Age=0" in browser.get(f"{served.url}/signin", timeout=20).headers["set-cookie"]


def test_signing_out_takes_a_form_not_a_link(served: Served) -> None:
    browser = served.enter_as("leader")
    browser.get(f"{served.url}/signout", timeout=20)
    assert 200 == browser.get(f"{served.url}/map-data/grids.json", timeout=20).status_code


def test_the_page_speaks_both_languages_and_remembers_the_choice(served: Served) -> None:
    browser = requests.Session()
    assert text("zh", "signin.title") in browser.get(f"{served.url}/signin", timeout=20).text
    page = browser.get(f"{served.url}/signin?language=en&next=/teams", timeout=20).text
    assert text("en", "signin.sample_title") in page and 'value="/teams"' in page
    assert text("en", "signin.sample_title") in browser.get(f"{served.url}/signin", timeout=20).text


def test_a_wrong_password_is_answered_in_words_and_opens_nothing(served: Served) -> None:
    answer = _post(served, "/signin", username="<script>alert(1)</script>", password="wrong")
    assert (403, True) == (answer.status_code, text("zh", "signin.wrong") in answer.text)
    assert "<script" not in answer.text
    assert 'value="&lt;script&gt;' in answer.text, "what was typed stays, the password doesn't"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("wanted", ['"><script>alert(1)</script>', "/a'\"><img src=x>", "{{7*7}}", "${7*7}"])
def test_nothing_a_stranger_sends_is_markup_on_the_page(served: Served, wanted: str) -> None:
    page = requests.get(f"{served.url}/signin", params={"next": wanted}, timeout=20).text
    assert "<script" not in page and "<img src=x" not in page and "49" not in re.sub(r'href="[^"]*"', "", page)


def test_a_form_too_big_to_be_ours_is_refused_before_it_is_read(served: Served) -> None:
    answer = _post(served, "/signin", username="x" * 100_000, password="y")
    assert 403 == answer.status_code
    assert text("zh", "signin.foreign_form") in answer.text


def test_the_first_admin_is_made_with_the_token_on_the_console_and_signs_in(database: Database) -> None:
    fields = {
        "username": "zou",
        "display_name": "邹管理",
        "county": "520326",
        "new_password": GOOD,
        "repeat": GOOD,
    }
    with serving(str(database.url)) as served:
        page = requests.get(f"{served.url}/signin", timeout=20).text
        assert 'name="token"' in page and 'name="password"' not in page
        assert served.setup_token() not in page
        for wrong, key in (
            ({"token": "guess"}, "signin.wrong_token"),
            ({"token": served.setup_token(), "repeat": "other"}, "signin.not_repeated"),
        ):
            answer = _post(served, "/signin/setup", **(fields | wrong))
            assert (403, True) == (answer.status_code, text("zh", key) in answer.text)
        answer = _post(served, "/signin/setup", **fields, token=served.setup_token())
        assert text("zh", "signin.set_up") in answer.text
        again = _post(served, "/signin/setup", **(fields | {"username": "second"}), token=served.setup_token())
        assert text("zh", "signin.already_set_up") in again.text
        assert 403 == _post(served, "/signin/as", role="admin").status_code
        inside = requests.Session()
        answer = inside.post(f"{served.url}/signin", data={"username": "zou", "password": GOOD}, timeout=20)
        assert 200 == answer.status_code
        assert 200 == inside.get(f"{served.url}/map-data/grids.json", timeout=20).status_code
        assert GOOD not in served.said()
        behind_https = {"X-Forwarded-Proto": "https", "Origin": f"https://{served.host}"}
        answer = _post(served, "/signin", behind_https, username="zou", password=GOOD)
        assert "secure" in answer.headers["set-cookie"].lower()
        assert "strict-transport-security" in answer.headers


def test_the_password_stands_in_no_address_and_no_form_is_filled_in_with_it(served: Served) -> None:
    page = requests.get(f"{served.url}/signin", timeout=20).text
    form = page[page.index('action="/signin">') - 40 :]
    assert 'method="post"' in form
    assert 'type="password" value=""' in form


def test_listening_everywhere_without_naming_the_hosts_is_refused(tmp_path) -> None:
    import subprocess
    import sys

    words = [sys.executable, "-m", "dashboard", "run", "--host", "0.0.0.0", "--db", f"sqlite:///{tmp_path}/a.db"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert 2 == done.returncode
    assert "--allowed-host" in done.stdout
