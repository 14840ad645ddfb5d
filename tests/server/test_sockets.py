"""Connections of a socket that was made as Streamlit makes it."""

import socket
import weakref

from dashboard.web.sockets import send_at_once


def accepted(listening: socket.socket) -> bool:
    """Does a new connection send at once?"""
    with socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            return bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_a_connection_sends_at_once_after_it_was_said_and_not_before() -> None:
    with socket.socket(family=socket.AF_INET) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert not accepted(listening)
        assert send_at_once() >= 1
        assert accepted(listening)


def test_what_a_dead_proxy_stood_for_is_not_asked() -> None:
    """Libraries leave such proxies about; the server starts all the same."""
    gone = socket.socket()
    proxy = weakref.proxy(gone)
    gone.close()
    del gone
    assert send_at_once() >= 0
    del proxy


def test_closed_and_other_sockets_are_left_alone() -> None:
    closed = socket.socket()
    closed.close()
    with socket.socket() as idle:
        send_at_once()
        assert not idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
