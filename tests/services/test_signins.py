"""Signing in and out: throttled, one sentence for every kind of wrong, ended when it should be, written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid
from dashboard.core.words import Role
from dashboard.services import signins
from db.engine import Database
from db.models import AccessLog, Account, Setting, SignIn
from tests.builders import COUNTY, NOW, a_county, a_site, an_account
from tests.hashing import quick_hashes  # noqa: F401

pytestmark = pytest.mark.usefixtures("quick_hashes")

GOOD = "tin-moth-river-42-lamp"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def _an_office(database: Database, **values: object) -> int:
    def make(session):
        a_county(session)
        return an_account(session, username="yang", password_hash=signins.hash_password(GOOD), **values).id

    return database.write(make)


def _enter(
    database: Database, password: str = GOOD, at: datetime = NOW, username: str = "yang", address: str = "1.2.3.4"
):
    return signins.sign_in(database, username, password, address=address, now=at)


def _log(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(row.kind, row.subject) for row in session.execute(select(AccessLog.kind, AccessLog.subject))]


def test_the_right_password_opens_a_session_that_stands_for_the_account(any_database: Database) -> None:
    def make(session):
        a_county(session)
        site = a_site(session)
        hashed = signins.hash_password(GOOD)
        an_account(session, Role.STATION_WORKER, site, username="yang", password_hash=hashed)
        return site.path

    path = any_database.write(make)
    found = signins.lookup(any_database, _enter(any_database), NOW + MINUTE)
    assert found is not None
    assert (Role.STATION_WORKER, path, COUNTY) == (found.actor.role, found.actor.site_path, found.actor.county)
    assert [("sign_in", "1.2.3.4")] == _log(any_database)


def test_the_database_never_holds_the_token_nor_the_password(database: Database) -> None:
    _an_office(database)
    token = _enter(database)
    with database.read() as session:
        row = session.scalars(select(SignIn)).one()
        assert signins.digest(token) == row.token_digest != token
        assert GOOD not in session.scalars(select(Account.password_hash)).one()


@pytest.mark.parametrize(
    ("username", "password"), [("yang", "wrong"), ("nobody", GOOD), ("", ""), ("yang", ""), ("yang\x00", GOOD)]
)
def test_every_kind_of_wrong_reads_the_same(database: Database, username: str, password: str) -> None:
    _an_office(database)
    with pytest.raises(Forbidden) as refused:
        _enter(database, password, username=username)
    assert "signin.wrong" == refused.value.key
    assert [("sign_in_failed", "1.2.3.4")] == _log(database)


def test_an_account_without_a_password_or_switched_off_lets_nobody_in(database: Database) -> None:
    _an_office(database, active=False)
    database.write(lambda session: an_account(session, username="sample", password_hash=None).id)
    for username in ("yang", "sample"):
        with pytest.raises(Forbidden):
            _enter(database, GOOD, username=username)
        with pytest.raises(Forbidden):
            _enter(database, "", username=username)


def test_typing_the_name_in_capitals_or_full_width_is_the_same_name(database: Database) -> None:
    _an_office(database)
    assert _enter(database, username=" ＹＡＮＧ ")


def test_after_five_wrong_guesses_even_the_right_password_waits(any_database: Database) -> None:
    _an_office(any_database)
    for attempt in range(signins.FREE_FAILURES):
        with pytest.raises(Forbidden):
            _enter(any_database, f"guess {attempt}", NOW + SECOND * attempt)
    with pytest.raises(Conflict) as waits:
        _enter(any_database, GOOD, NOW + SECOND * 10)
    assert "signin.account_waits" == waits.value.key
    assert _enter(any_database, GOOD, NOW + MINUTE)


def test_each_further_wrong_guess_doubles_the_wait_up_to_a_quarter_of_an_hour(database: Database) -> None:
    account_id = _an_office(database)
    at, waits = NOW, []
    for attempt in range(12):
        with pytest.raises(Forbidden):
            _enter(database, "wrong", at, address=f"10.0.0.{attempt}")
        with database.read() as session:
            until = session.get_one(Account, account_id).locked_until
        waits.append(0 if until is None else int((until - at).total_seconds()))
        at = (until or at) + SECOND
    assert [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900] == waits


def test_a_success_forgives_earlier_failures(database: Database) -> None:
    account_id = _an_office(database)
    for _ in range(4):
        with pytest.raises(Forbidden):
            _enter(database, "wrong")
    _enter(database)
    with database.read() as session:
        assert 0 == session.get_one(Account, account_id).failed_attempts


def test_an_address_that_guesses_names_waits_too(database: Database) -> None:
    _an_office(database)
    for attempt in range(signins.ADDRESS_FAILURES):
        with pytest.raises(Forbidden):
            _enter(database, "wrong", username=f"name{attempt}")
    with pytest.raises(Conflict) as waits:
        _enter(database)
    assert "signin.address_waits" == waits.value.key
    assert _enter(database, address="5.6.7.8")
    assert _enter(database, at=NOW + signins.ADDRESS_WINDOW + SECOND)


def test_guesses_sent_at_once_do_not_slip_past_the_count(any_database: Database) -> None:
    account_id = _an_office(any_database)

    def guess(number: int) -> str:
        try:
            _enter(any_database, "wrong", address=f"10.0.1.{number}")
        except DashboardError as error:
            return error.key
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert signins.FREE_FAILURES == answers.count("signin.wrong")
    assert 16 - signins.FREE_FAILURES == answers.count("signin.account_waits")
    with any_database.read() as session:
        assert signins.FREE_FAILURES == session.get_one(Account, account_id).failed_attempts


def test_a_session_ends_with_its_time_at_sign_out_and_when_the_account_is_switched_off(database: Database) -> None:
    account_id = _an_office(database)
    token, other, third = _enter(database), _enter(database), _enter(database)
    assert signins.lookup(database, token, NOW + signins.SESSION_LENGTH - SECOND)
    assert None is signins.lookup(database, token, NOW + signins.SESSION_LENGTH)
    signins.sign_out(database, token, now=NOW)
    assert None is signins.lookup(database, token, NOW)
    assert signins.lookup(database, other, NOW)
    database.write(lambda session: setattr(session.get_one(Account, account_id), "active", False))
    assert None is signins.lookup(database, third, NOW)


@pytest.mark.parametrize("token", [None, "", "made up", "x" * 5000])
def test_a_made_up_token_stands_for_nobody(database: Database, token: str | None) -> None:
    _an_office(database)
    assert None is signins.lookup(database, token, NOW)
    signins.sign_out(database, token, now=NOW)
    assert [] == _log(database)


def test_a_real_county_has_no_sample_doors(database: Database) -> None:
    _an_office(database)
    database.write(lambda session: an_account(session, Role.ADMIN, username="sample-admin").id)
    assert () == signins.sample_doors(database)
    with pytest.raises(Forbidden):
        signins.enter_as(database, Role.ADMIN, address="127.0.0.1", now=NOW)


def test_a_sample_county_is_entered_as_any_of_its_roles(any_database: Database) -> None:
    def make(session):
        a_county(session)
        session.add(Setting(county=COUNTY, key="sample", value={"seed": 1}))
        for role, username in signins.SAMPLE_USERNAMES.items():
            an_account(session, role, username=username)

    any_database.write(make)
    assert set(Role) == set(signins.sample_doors(any_database))
    for role in Role:
        token = signins.enter_as(any_database, role, address="127.0.0.1", now=NOW, language="en")
        found = signins.lookup(any_database, token, NOW)
        assert found is not None and (role, "en") == (found.actor.role, found.language)


def test_the_first_admin_is_made_once(any_database: Database) -> None:
    def make(username: str) -> None:
        signins.first_admin(
            any_database, username=username, display_name="邹管理", password=GOOD, county="520326", now=NOW
        )

    assert signins.needs_first_admin(any_database)
    make("zou")
    assert not signins.needs_first_admin(any_database)
    with pytest.raises(Conflict):
        make("other")
    found = signins.lookup(any_database, _enter(any_database, username="zou"), NOW)
    assert found is not None and (Role.ADMIN, "/") == (found.actor.role, found.actor.site_path)
    with any_database.read() as session:
        assert 1 == session.scalar(select(func.count()).select_from(Account))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"password": "short"}, "accounts.password_short"),
        ({"username": "a b"}, "accounts.username_bad"),
        ({"username": "<script>"}, "accounts.username_bad"),
        ({"display_name": " \u200b "}, "accounts.name_missing"),
        ({"county": "52032"}, "signin.county_code"),
        ({"county": "吴川县"}, "signin.county_code"),
    ],
)
def test_a_bad_set_up_makes_nothing(database: Database, values: dict[str, str], key: str) -> None:
    given = {"username": "zou", "display_name": "邹管理", "password": GOOD, "county": "520326"} | values
    with pytest.raises(Invalid) as refused:
        signins.first_admin(database, **given, now=NOW)
    assert key == refused.value.key
    assert signins.needs_first_admin(database)


def test_passwords_are_hashed_as_rfc_9106_recommends() -> None:
    """With the hasher the product uses, not the quick one of these tests."""
    assert PasswordHasher().hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "_hasher = PasswordHasher()\n" in Path(str(signins.__file__)).read_text(encoding="utf-8")
