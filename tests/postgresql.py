"""A PostgreSQL server for one test run: found where Debian puts it, run as an unprivileged user, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

#: As root the server's programs run as this user (Debian's package makes it).
UNPRIVILEGED = "postgres"


@dataclass(frozen=True)
class Server:
    """A running server on the loopback address."""

    port: int

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["Server"]:
        """Start a server in a new directory; stop it and remove the directory at the end."""
        programs = _programs()
        home = Path(tempfile.mkdtemp(prefix="dashboard-pg-"))
        user = UNPRIVILEGED if os.geteuid() == 0 else None
        if user:
            account = pwd.getpwnam(user)
            os.chown(home, account.pw_uid, account.pw_gid)
        data, port = home / "data", _free_port()
        _run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            user,
        )
        settings = f"-h 127.0.0.1 -p {port} -k {home} -c fsync=off -c full_page_writes=off -c max_connections=200"
        _run([programs / "pg_ctl", "-D", data, "-l", home / "log", "-o", settings, "-w", "start"], user)
        try:
            yield cls(port)
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user)
            shutil.rmtree(home, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database; returns its URL."""
        # Copied as files: without fsync the fastest, to make and to drop.
        words = sql.SQL("create database {} template {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        self._as_owner(words)
        return self.url(name)

    def drop(self, name: str) -> None:
        self._as_owner(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def _as_owner(self, words: sql.Composable) -> None:
        for attempt in range(20):
            try:
                with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                    connection.execute(words)
                return
            except psycopg.errors.ObjectInUse:
                # The template still has a connection that is just closing.
                if attempt == 19:
                    raise
                time.sleep(0.1)


def _programs() -> Path:
    """The directory of initdb and pg_ctl. Raises FileNotFoundError with what to install."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise FileNotFoundError("PostgreSQL's server programs are missing: install Debian's package `postgresql`")
    return versions[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[object], user: str | None) -> None:
    # Output to a file: a server that inherits a pipe keeps it open for ever.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(word) for word in command], user=user, stdout=output, stderr=output, cwd="/", check=False
        )
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{output.read().decode(errors='replace')}")
