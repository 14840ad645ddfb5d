"""Who solves the parts of a problem: this process, or the workers of a Dask cluster (`--workers`)."""

import argparse
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from dashboard.core.errors import Invalid

Part = TypeVar("Part")
Answer = TypeVar("Answer")
#: Maps a function over parts, in their order.
Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

_LOCAL = re.compile(r"local:([1-9][0-9]{0,2})")
_ADDRESS = re.compile(r"(?:tcp|tls)://[\w.\-\[\]:]+:[0-9]{1,5}")
#: How long a scheduler may take to answer, and workers to come (back), in seconds; how long an answer is waited for
#: before one looks whether there are workers.
_PATIENCE = 10
_LOOK, _LONGEST_LOOK = 2, 20


def workers_of(words: str) -> str:
    """For argparse: `local:N` or the address of a scheduler."""
    if _LOCAL.fullmatch(words) or _ADDRESS.fullmatch(words):
        return words
    raise argparse.ArgumentTypeError(f"local:N or tcp://HOST:PORT, not {words!r}")


@contextmanager
def workers(words: str | None) -> Iterator[Run]:
    """What maps a function over parts. Raises Invalid in words when the workers cannot be had or are lost."""
    if words is None:
        yield map
        return
    try:
        import distributed  # an optional install, of no use to anything else
    except ImportError as error:
        raise Invalid("match_files.no_distributed") from error
    local = _LOCAL.fullmatch(words)
    with _cluster(distributed, int(local[1])) if local else _client(distributed, words) as client:

        def run(function: Callable[[Part], Answer], parts: Iterable[Part]) -> Iterable[Answer]:
            return _run(distributed, client, function, list(parts))

        yield run


@contextmanager
def _cluster(distributed: Any, count: int) -> Iterator[Any]:
    """Processes of this machine, for this call."""
    with (
        distributed.LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="CRITICAL"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextmanager
def _client(distributed: Any, address: str) -> Iterator[Any]:
    """A scheduler that stands elsewhere, with at least one worker."""
    try:
        client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, TimeoutError) as error:
        raise Invalid("match_files.no_scheduler", address=address) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise Invalid("match_files.no_workers", address=address) from error
        yield client


def _run(distributed: Any, client: Any, function: Callable[[Part], Answer], parts: list[Part]) -> list[Answer]:
    """The answers in the order of the parts. A part whose worker dies is given to another, three times."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that parts are large: they are sent once, to whoever solves them
        futures = client.map(function, parts, pure=False, key="part")
    try:
        return [_answer(client, future) for future in futures]
    except distributed.KilledWorker as error:
        raise Invalid("match_files.workers_lost") from error
    except ImportError as error:  # the workers' machine has another program, or none
        raise Invalid("match_files.workers_differ", reason=str(error)) from error
    finally:
        # What failed must not go on to other workers, and take them down too.
        if client.status == "running":
            client.cancel(futures)


def _answer(client: Any, future: Any) -> Any:
    """One answer, waited for as long as there are workers. It is asked for again and again: an answer whose worker died
    before it was fetched is made anew, and a single wait for it may never end."""
    alone, patience = 0.0, float(_LOOK)
    while True:
        try:
            return future.result(timeout=patience)
        except TimeoutError:
            alone = 0.0 if client.scheduler_info()["workers"] else alone + patience
        if alone >= _PATIENCE or client.status != "running":
            raise Invalid("match_files.workers_lost")
        # An answer that takes long to fetch is given longer each time.
        patience = min(2 * patience, _LONGEST_LOOK)
