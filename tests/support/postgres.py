"""Run a PostgreSQL of our own for the length of a test session (测试用 PostgreSQL).

Debian's binaries refuse to work for root: the children then become the user ``postgres``. Durability is off, the port is a
random one of the loopback, the data lies in a temporary folder, and the server dies with the process that started it.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "yisong"
START_SECONDS = 30.0
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=250")
PR_SET_PDEATHSIG = 1


class PostgresMissing(RuntimeError):
    """PostgreSQL's server programs are not installed, or did not start."""


def server_programs() -> Path:
    """Return the folder with initdb and postgres; the newest of Debian's, or whatever is on the PATH."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "postgres").exists()]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    if (on_path := shutil.which("postgres")) and (Path(on_path).parent / "initdb").exists():
        return Path(on_path).parent
    raise PostgresMissing(
        "the tests need PostgreSQL's server programs (initdb, postgres): run `make test`, which installs them, "
        "or `apt-get install postgresql` as root"
    )


class PostgresServer:
    """One running server; ``fresh_database`` hands out empty copies of a prepared template."""

    def __init__(self) -> None:
        self._programs = server_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="yisong-postgres-"))
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._template_ready = False
        self._count = 0
        self.port = 0

    def start(self) -> None:
        """Create the data folder and start the server; a port lost to somebody else is tried again."""
        data = str(self.folder / "data")
        how = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        subprocess.run(
            [str(self._programs / "initdb"), "-D", data, *how],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            preexec_fn=self._in_child,
        )
        for _ in range(5):
            if self._try_start():
                return
        raise PostgresMissing(f"PostgreSQL did not start; its last words:\n{self._log()}")

    def stop(self) -> None:
        """Stop the server and remove its data."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # immediate: there is nothing to keep
            self._process.wait(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh_database(self, *, prepare: Callable[[str], None]) -> str:
        """Create a database like the one that ``prepare`` made on first use, and return its SQLAlchemy address."""
        if not self._template_ready:
            self._execute(sql.SQL("CREATE DATABASE template_prepared"))
            prepare(self.address("template_prepared"))
            self._template_ready = True
        self._count += 1
        name = f"test_{os.getpid()}_{self._count}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE template_prepared").format(sql.Identifier(name)))
        return self.address(name)

    def drop(self, address: str) -> None:
        """Drop a database that ``fresh_database`` made, whoever is still connected."""
        name = address.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def address(self, database: str) -> str:
        """Return the SQLAlchemy address of one of the server's databases."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    @staticmethod
    def has_gone(*, port: int, folder: str) -> bool:
        """Wait until nobody listens on that port any more, and remove the data that a killed run left."""
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    shutil.rmtree(folder, ignore_errors=True)
                    return True
            time.sleep(0.02)
        return False

    def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def _try_start(self) -> bool:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *NOT_DURABLE)
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [
                    str(self._programs / "postgres"),
                    "-D",
                    str(self.folder / "data"),
                    *(f"--{each}" for each in settings),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=self._in_child,
            )
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience and self._process.poll() is None:
            try:
                self._execute(sql.SQL("SELECT 1"))
                return True
            except psycopg.OperationalError:
                time.sleep(0.02)
        self._process.kill()
        self._process.wait()
        return False

    def _in_child(self) -> None:
        if self._user:
            os.setgroups([])
            os.setgid(self._user.pw_gid)
            os.setuid(self._user.pw_uid)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)  # a killed test run leaves no server behind

    def _log(self) -> str:
        try:
            return re.sub(r"(?m)^", "  ", (self.folder / "log").read_text(errors="replace")[-2000:])
        except OSError as error:
            return str(error)
