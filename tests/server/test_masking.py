"""What a browser is really sent, by role and page: no phone, no address, no resident's name, whatever a table hides."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.core.permissions import RIGHTS, Action
from dashboard.core.words import Role
from dashboard.ui.navigation import ENTRIES
from dashboard.web import map_data
from tests.server import sockets
from tests.serving import Served

#: Sites and teams publish an office number; people's numbers are never among them in the sample.
SENT_TO = [(role, entry.name) for role in Role for entry in ENTRIES if entry.action in RIGHTS[role]]


class Secrets:
    """The personal values of the small county, as bytes to look for."""

    def __init__(self, path: Path) -> None:
        with sqlite3.connect(path) as connection:
            self._ask = lambda query: {row[0].encode() for row in connection.execute(query) if row[0]}
            self.phones = self._ask("select phone from persons")
            self.addresses = {value for value in self._ask("select address from persons") if len(value) > 12}
            volunteers = self._ask("select name from persons where id in (select person_id from volunteers)")
            others = self._ask("select name from persons where id in (select person_id from grid_contacts)")
            served = self._ask(
                "select name from persons where id in"
                " (select person_id from needs union select reported_by_id from needs)"
            )
            #: Three characters at least, so that no ordinary word is taken for a name.
            self.residents = {name for name in served - volunteers - others if len(name.decode()) > 2}
            self.volunteers = {name for name in volunteers - others if len(name.decode()) > 2}
        connection.close()

    def found(self, sent: bytes, *, volunteers: bool) -> list[str]:
        wanted = self.phones | self.addresses | self.residents | (self.volunteers if volunteers else set())
        return sorted(value.decode() for value in wanted if value in sent)


@pytest.fixture(scope="module")
def secrets(small_county: Path) -> Iterator[Secrets]:
    found = Secrets(small_county)
    assert len(found.phones) > 100 and len(found.residents) > 20 and len(found.volunteers) > 100
    yield found


@pytest.mark.parametrize(("role", "page"), SENT_TO)
def test_no_personal_value_is_sent_unasked(role: Role, page: str, served: Served, secrets: Secrets) -> None:
    with sockets.opened(served, served.enter_as(role)) as socket:
        sockets.run(socket)
        sent = b"".join(message.SerializeToString() for message in sockets.run(socket, page=page))
    assert len(sent) > 2000
    assert [] == secrets.found(sent, volunteers=not RIGHTS[role] >= {Action.SEE_VOLUNTEERS})


@pytest.mark.parametrize("layer", [layer.name for layer in map_data.LAYERS])
def test_the_map_s_layers_hold_nobody(layer: str, served: Served, secrets: Secrets) -> None:
    for role in Role:
        answer = served.enter_as(role).get(f"{served.url}/map-data/{layer}.json", timeout=60)
        assert answer.status_code == 200
        assert [] == secrets.found(answer.content, volunteers=True)


def test_the_search_for_values_can_find_them(secrets: Secrets) -> None:
    """Otherwise the tests above would look for nothing."""
    phone, name = next(iter(secrets.phones)), next(iter(secrets.residents))
    assert sorted([phone.decode(), name.decode()]) == secrets.found(b"x" + phone + b"y" + name, volunteers=False)
