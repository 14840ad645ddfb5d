"""A Streamlit websocket as a browser opens it: the private protocol behind the pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.serving import Served


@contextmanager
def opened(
    served: Served,
    browser: requests.Session | None = None,
    *,
    resume: str = "",
    headers: dict[str, str] | None = None,
    origin: str | None = None,
) -> Iterator[ClientConnection]:
    """A connection with the browser's cookies; `resume` is the id of a Streamlit session to take up again."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items()) if browser else ""
    more = {**({"cookie": cookies} if cookies else {}), **(headers or {})}
    protocols = ["streamlit", "no-token", resume] if resume else ["streamlit"]
    with connect(
        f"ws://{served.host}/_stcore/stream",
        additional_headers=more,
        subprotocols=[Subprotocol(word) for word in protocols],
        origin=Origin(origin or served.url),
        open_timeout=20,
        max_size=None,
    ) as socket:
        yield socket


def run(socket: ClientConnection, page: str = "") -> list[ForwardMsg]:
    """Ask for a run of the script and return everything up to its end."""
    socket.send(BackMsg(rerun_script=ClientState(page_name=page)).SerializeToString())
    messages = []
    while True:
        message = ForwardMsg()
        message.ParseFromString(socket.recv(timeout=60))  # type: ignore[arg-type]
        messages.append(message)
        if message.WhichOneof("type") == "script_finished":
            return messages


def session_id(messages: list[ForwardMsg]) -> str:
    return next(m.new_session.initialize.session_id for m in messages if m.WhichOneof("type") == "new_session")


def words(messages: list[ForwardMsg]) -> str:
    """Everything the messages say, for looking whether something is in there."""
    return "\n".join(str(message) for message in messages)
