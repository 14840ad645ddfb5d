"""A share of `make bench-walk` in every run: random walks of four actors through the life of orders."""

from db.engine import Database
from tests.services.walking import Walk


def test_whatever_four_actors_do_the_rules_hold(any_database: Database) -> None:
    walk = Walk(any_database, seed=7).go(500)
    done = {outcome.removesuffix(" done") for outcome in walk.outcomes if outcome.endswith(" done")}
    refused = {outcome.split(" refused")[0] for outcome in walk.outcomes if " refused" in outcome}
    assert {"send", "accept", "phone accept", "start", "phone arrive", "undo", "withdraw", "record", "reopen"} <= done
    assert "hand over" in done and "hand over" in refused
    assert {"send", "accept elsewhere", "phone of another", "undo", "rate"} <= refused
