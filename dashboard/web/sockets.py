"""Answers leave at once.

Streamlit makes its listening socket without naming the protocol, and asyncio switches Nagle's algorithm off only where
it is named: header and body of an answer are two packets, and the second waits some 40 ms for the browser's delayed
acknowledgement (the same fault is known of uvicorn's `--workers`, its issue 3149). Connections inherit the option from
the socket that listens, so it is set there, once.
"""

import gc
import socket


def send_at_once() -> int:
    """Switch Nagle's algorithm off on every TCP socket that listens in this process; how many there are."""
    count = 0
    for one in gc.get_objects():
        # Its own type: `isinstance` asks what a dead weak proxy stands for, and that raises.
        if issubclass(type(one), socket.socket) and _listens(one):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            count += 1
    return count


def _listens(one: socket.socket) -> bool:
    try:
        over_tcp = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
        return over_tcp and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False  # closed meanwhile
