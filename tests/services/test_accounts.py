"""Managing accounts: within one's part of the tree, at the version seen, never oneself, always audited."""

from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import accounts, signins
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Account, Audit, AuditPersonal
from tests.builders import NOW, a_county, a_site, actor_for, an_account
from tests.hashing import quick_hashes  # noqa: F401

pytestmark = pytest.mark.usefixtures("quick_hashes")

GOOD, OTHER = "tin-moth-river-42-lamp", "fjord vex quilt nymph"


class Office:
    """A centre with two stations; an admin of everything, an admin and a worker of the first station."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._make)

    def _make(self, session: Any) -> None:
        a_county(session)
        centre = a_site(session)
        here, there = a_site(session, centre), a_site(session, centre)
        self.centre, self.here, self.there = centre.id, here.id, there.id
        admin = an_account(session, Role.ADMIN, username="zou", password_hash=signins.hash_password(GOOD))
        self.admin = actor_for(admin)
        self.local = actor_for(an_account(session, Role.ADMIN, here), here)
        worker = an_account(session, Role.STATION_WORKER, here, username="tian")
        self.worker, self.worker_id = actor_for(worker, here), worker.id
        self.elsewhere_id = an_account(session, Role.STATION_WORKER, there, username="shen").id

    def do(self, deed: Any, actor: Actor | None = None, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.admin, now=NOW, **values)

    def account(self, account_id: int) -> Account:
        with self.database.read() as session:
            found = session.get_one(Account, account_id)
            session.expunge(found)
            return found

    def list(self, actor: Actor | None = None, **values: Any) -> list[str]:
        found = answer(self.database, accounts.listing, actor or self.admin, now=NOW, **values)
        return [row.username for row in found.rows]


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


NEW = {"username": "Yang.XM", "display_name": "杨晓梅", "role": "coordinator", "password": GOOD}


def test_a_new_account_can_sign_in_with_the_password_handed_over(office: Office) -> None:
    made = office.do(accounts.create, **NEW, site_id=office.here)
    assert "yang.xm" == made["username"]
    token = signins.sign_in(office.database, "yang.xm", GOOD, address="1.2.3.4", now=NOW)
    found = signins.lookup(office.database, token, NOW)
    assert found is not None and (Role.COORDINATOR, office.here) == (found.actor.role, found.actor.site_id)


def test_a_name_in_use_is_refused_however_it_is_written(office: Office) -> None:
    with pytest.raises(Conflict):
        office.do(accounts.create, **(NEW | {"username": " ＴＩＡＮ"}), site_id=None)


@pytest.mark.parametrize(
    "bad", [{"username": "a"}, {"username": "a b"}, {"display_name": ""}, {"password": "password1234567"}]
)
def test_a_bad_account_is_refused(office: Office, bad: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        office.do(accounts.create, **(NEW | bad), site_id=None)


@pytest.mark.parametrize("who", ["worker"])
def test_only_admins_manage_accounts(office: Office, who: str) -> None:
    with pytest.raises(Forbidden):
        office.do(accounts.create, getattr(office, who), **NEW, site_id=office.here)
    with pytest.raises(Forbidden):
        office.list(getattr(office, who))


def test_an_admin_of_one_station_reaches_its_accounts_and_no_others(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(accounts.create, office.local, **NEW, site_id=None)
    with pytest.raises(Forbidden):
        office.do(accounts.create, office.local, **NEW, site_id=office.there)
    with pytest.raises(Forbidden):
        office.do(accounts.set_active, office.local, account_id=office.elsewhere_id, version=1, active=False)
    with pytest.raises(Forbidden):
        office.do(
            accounts.change,
            office.local,
            account_id=office.worker_id,
            version=1,
            display_name="田",
            role="station_worker",
            site_id=None,
        )
    office.do(accounts.create, office.local, **NEW, site_id=office.here)
    assert {"tian", "yang.xm", office.account(office.local.account_id).username} == set(office.list(office.local))


def test_a_change_by_somebody_who_saw_an_older_version_is_refused(office: Office) -> None:
    values = {"account_id": office.worker_id, "display_name": "田维刚", "role": "coordinator", "site_id": office.here}
    office.do(accounts.change, **values, version=1)
    with pytest.raises(Conflict) as refused:
        office.do(accounts.change, **(values | {"role": "leader"}), version=1)
    assert "commands.changed_meanwhile" == refused.value.key
    assert "coordinator" == office.account(office.worker_id).role


def test_nobody_raises_herself_or_switches_herself_off(office: Office) -> None:
    me = office.admin.account_id
    with pytest.raises(Forbidden):
        office.do(accounts.set_active, account_id=me, version=1, active=False)
    with pytest.raises(Forbidden):
        office.do(accounts.change, account_id=me, version=1, display_name="邹", role="leader", site_id=None)
    office.do(accounts.change, account_id=me, version=1, display_name="邹新名", role="admin", site_id=None)
    assert "邹新名" == office.account(me).display_name


def test_switching_off_ends_every_session_at_once(office: Office) -> None:
    made = office.do(accounts.create, **NEW, site_id=None)
    tokens = [signins.sign_in(office.database, "yang.xm", GOOD, address="1.2.3.4", now=NOW) for _ in range(2)]
    version = office.account(made["id"]).version
    office.do(accounts.set_active, account_id=made["id"], version=version, active=False, reason="调离")
    assert [None, None] == [signins.lookup(office.database, token, NOW) for token in tokens]
    office.do(accounts.set_active, account_id=made["id"], version=version + 1, active=True)
    assert [None, None] == [signins.lookup(office.database, token, NOW) for token in tokens]


def test_a_new_password_replaces_the_old_one_and_ends_sessions(office: Office) -> None:
    made = office.do(accounts.create, **NEW, site_id=None)
    token = signins.sign_in(office.database, "yang.xm", GOOD, address="1.2.3.4", now=NOW)
    version = office.account(made["id"]).version
    office.do(accounts.reset_password, account_id=made["id"], version=version, password=OTHER)
    assert None is signins.lookup(office.database, token, NOW)
    with pytest.raises(Forbidden):
        signins.sign_in(office.database, "yang.xm", GOOD, address="1.2.3.4", now=NOW)
    assert signins.sign_in(office.database, "yang.xm", OTHER, address="1.2.3.4", now=NOW)


def test_one_s_own_password_changes_only_with_the_old_one(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(accounts.change_own_password, old="wrong", new=OTHER)
    with pytest.raises(Invalid):
        office.do(accounts.change_own_password, old=GOOD, new="short")
    office.do(accounts.change_own_password, old=GOOD, new=OTHER)
    assert signins.sign_in(office.database, "zou", OTHER, address="1.2.3.4", now=NOW)


def test_everybody_chooses_her_own_language(office: Office) -> None:
    office.do(accounts.set_language, office.worker, to="en")
    assert "en" == office.account(office.worker_id).language
    with pytest.raises(Invalid):
        office.do(accounts.set_language, office.worker, to="de")


def test_an_account_of_another_county_or_none_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        office.do(accounts.set_active, account_id=999_999, version=1, active=False)
    with pytest.raises(NotFound):
        office.do(accounts.create, **NEW, site_id=999_999)


def test_the_audit_says_who_changed_what_and_keeps_names_and_passwords_out(office: Office) -> None:
    made = office.do(accounts.create, **NEW, site_id=None)
    office.do(accounts.reset_password, account_id=made["id"], version=1, password=OTHER, reason="忘记密码")
    with office.database.read() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id)).all()
        kept = session.scalars(select(AuditPersonal)).all()
        assert ["accounts.create", "accounts.reset_password"] == [row.command for row in rows]
        assert "忘记密码" == rows[1].reason
        everything = str([(row.before, row.after) for row in rows])
        assert all(secret not in everything for secret in ("杨晓梅", GOOD, OTHER, "argon2"))
        assert [("display_name", "杨晓梅")] == [(row.field, row.after) for row in kept]


def test_the_list_finds_by_part_of_name_and_role_and_takes_wildcards_literally(office: Office) -> None:
    assert ["tian"] == office.list(words="IAN")
    assert [] == office.list(words="%")
    assert [] == office.list(words="_ian")
    assert {"tian", "shen"} == set(office.list(role="station_worker"))


@pytest.mark.parametrize("_", range(20))
def test_a_suggested_password_is_always_a_good_one(_: int) -> None:
    from dashboard.core import passwords

    passwords.check(accounts.suggested_password(), "zou", "邹管理")
