"""Ticks from the shell, and by the server's own clock."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from dashboard.__main__ import main
from dashboard.services import tick_loop
from db.engine import Database
from db.models import Dispatch, Lease, Need
from tests.services.ticking import Clockwork
from tests.serving import serving

#: Over, whatever the real time of the test is.
LONG_AGO = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture
def desk(any_database: Database) -> Clockwork:
    return Clockwork(any_database)


@pytest.fixture
def quick(database: Database) -> Clockwork:
    """The same on SQLite alone."""
    return Clockwork(database)


def due(desk: Clockwork) -> int:
    """An offer whose time is over; the dispatch's id."""
    offer = desk.send(desk.need(), desk.volunteer("王小明"))[0]
    desk.until(offer, LONG_AGO)
    return offer


def shell(desk: Clockwork, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    url = desk.database.url.render_as_string(hide_password=False)
    code = main(["tick", "--db", url, *words])
    return code, capsys.readouterr().out


def test_the_shell_does_what_is_due_once(desk: Clockwork, capsys: pytest.CaptureFixture[str]) -> None:
    due(desk)
    code, out = shell(desk, capsys, "--json")
    told = json.loads(out)
    assert datetime.fromisoformat(told.pop("at")) > LONG_AGO
    counts = ("offered", "nobody", "closed", "lapsed", "released", "visits", "meals", "duties", "alarms", "check_backs")
    assert {"expired": 1, "refused": []} | dict.fromkeys(counts, 0) == told and code == 0
    code, out = shell(desk, capsys, "--json")
    assert (0, 0) == (code, json.loads(out)["expired"])


@pytest.mark.parametrize(("language", "start"), [("zh", "到期派单 1 个"), ("en", "Offers expired: 1;")])
def test_the_shell_speaks_both_languages(
    quick: Clockwork, capsys: pytest.CaptureFixture[str], language: str, start: str
) -> None:
    due(quick)
    code, out = shell(quick, capsys, "--language", language)
    assert code == 0 and out.startswith(start) and len(out.splitlines()) == 1


def test_what_was_refused_is_exit_1_and_a_line_without_names(
    quick: Clockwork, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = due(quick)
    quick.database.write(lambda session: session.execute(update(Need).values(county="520327")))
    code, out = shell(quick, capsys, "--json")
    assert (1, [{"what": "expire", "id": offer, "key": "needs.no_such"}]) == (code, json.loads(out)["refused"])
    for language, what in (("zh", "派单到期"), ("en", "expiry of a dispatch")):
        code, out = shell(quick, capsys, "--language", language)
        line = out.splitlines()[1]
        assert code == 1 and what in line and f"{offer}" in line and "needs.no_such" in line
        assert "王小明" not in out


def test_a_database_without_a_county_is_refused_in_words(
    any_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    url = any_database.url.render_as_string(hide_password=False)
    assert 1 == main(["tick", "--db", url, "--json"])
    assert "cli.no_county" == json.loads(capsys.readouterr().out)["error"]


def test_the_sample_county_still_agrees_with_itself(county: Database, capsys: pytest.CaptureFixture[str]) -> None:
    url = str(county.url)
    with county.read() as session:
        waiting = len(session.scalars(select(Dispatch.id).where(Dispatch.state == "offered")).all())
    county.write(lambda session: session.execute(update(Dispatch).values(expires_at=LONG_AGO)))
    assert 0 == main(["tick", "--db", url, "--json"])
    assert waiting == json.loads(capsys.readouterr().out)["expired"] > 0
    assert 0 == main(["check", "--db", url])


# -- the server's clock


def run_until(deed: Callable[[int], None], enough: int) -> int:
    """Let the loop run `deed(number of the call)` until it was called often enough, then end it; how often it was."""

    async def whole() -> int:
        loop, over, calls = asyncio.get_running_loop(), asyncio.Event(), [0]

        def called() -> None:
            calls[0] += 1
            if calls[0] >= enough:
                loop.call_soon_threadsafe(over.set)
            deed(calls[0])

        task = asyncio.create_task(tick_loop.keep_doing(called, 0))
        await over.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return calls[0]

    return asyncio.run(whole())


def test_an_error_is_written_once_and_the_loop_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    errors = {1: "gone", 2: "gone", 3: "gone", 4: "other", 6: "other"}

    def deed(number: int) -> None:
        if number in errors:
            raise RuntimeError(errors[number])

    with caplog.at_level(logging.ERROR):
        assert run_until(deed, 8) >= 8
    said = [str(one.exc_info[1]) for one in caplog.records if one.exc_info]
    # The fifth went well, so that the sixth is news again.
    assert ["gone", "other", "other"] == said


def test_the_clock_of_a_server_does_what_is_due_and_logs_a_refusal_once(
    quick: Clockwork, caplog: pytest.LogCaptureFixture
) -> None:
    offer, good = due(quick), due(quick)
    strange = update(Need).where(Need.id == quick.rows(Dispatch, id=offer)[0].need_id).values(county="520327")
    quick.database.write(lambda session: session.execute(strange))
    clock = tick_loop.Clock(quick.database, 30)
    with caplog.at_level(logging.WARNING):
        clock.strike()
        clock.strike()
    assert ["offered", "expired"] == [quick.rows(Dispatch, id=one)[0].state for one in (offer, good)]
    assert [f"refused: expire of {offer} (needs.no_such)"] == [one.getMessage() for one in caplog.records]
    assert [clock.holder] == [row.holder for row in quick.rows(Lease)]


def test_another_process_s_clock_waits_for_the_lease(quick: Clockwork) -> None:
    tick_loop.Clock(quick.database, 30).strike()
    offer = due(quick)
    tick_loop.Clock(quick.database, 30).strike()
    assert "offered" == quick.rows(Dispatch, id=offer)[0].state


def test_a_clock_that_is_over_does_no_more(quick: Clockwork) -> None:
    offer = due(quick)
    clock = tick_loop.Clock(quick.database, 30)
    clock.over.set()
    clock.strike()
    assert "offered" == quick.rows(Dispatch, id=offer)[0].state


@pytest.mark.parametrize(("said", "every"), [("", 30.0), ("0", 0.0), ("2.5", 2.5), (None, 30.0)])
def test_the_environment_says_how_often(monkeypatch: pytest.MonkeyPatch, said: str | None, every: float) -> None:
    monkeypatch.delenv(tick_loop.VARIABLE, raising=False)
    if said is not None:
        monkeypatch.setenv(tick_loop.VARIABLE, said)
    assert every == tick_loop.seconds()


@pytest.mark.parametrize("said", ["soon", "-1", "nan", "inf"])
def test_what_is_no_number_of_seconds_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(tick_loop.VARIABLE, said)
    with pytest.raises(ValueError, match=tick_loop.VARIABLE):
        tick_loop.seconds()


@pytest.mark.parametrize(("said", "clocks"), [("0", 0), ("60", 1)])
def test_the_clock_runs_inside_its_block_only(
    database: Database, monkeypatch: pytest.MonkeyPatch, said: str, clocks: int
) -> None:
    monkeypatch.setenv(tick_loop.VARIABLE, said)

    def running() -> int:
        return sum(task.get_name() == "tick" for task in asyncio.all_tasks())

    async def whole() -> list[int]:
        async with tick_loop.ticking(database):
            inside = running()
        return [inside, running()]

    assert [clocks, 0] == asyncio.run(whole())


def test_a_server_ticks_by_itself_and_ends_cleanly(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Clockwork(database)
    offer = due(desk)
    monkeypatch.setenv(tick_loop.VARIABLE, "0.05")
    with serving(str(database.url)) as served:
        # Asking the server is what takes the time; its first tick comes with one of the first answers.
        for _ in range(2000):
            if desk.rows(Dispatch, id=offer)[0].state == "expired":
                break
            served.browser.get(f"{served.url}/healthz", timeout=20)
        assert "expired" == desk.rows(Dispatch, id=offer)[0].state
        served.process.terminate()
        served.process.wait(15)
        assert "Traceback" not in served.said() and "refused:" not in served.said()
