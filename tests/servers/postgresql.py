"""Private PostgreSQL clusters for tests: durable, with logical replication, to be killed at will."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from onecity.platform.exchange.contracts.places import Place

OWNER = "postgres"
# Without fsync nothing is lost when processes die, only when the machine does: fast, and good enough for killing.
_SETTINGS = """
fsync=off
listen_addresses=''
unix_socket_directories='{folder}'
wal_level=logical
max_wal_size=256MB
shared_buffers=64MB
jit=off
autovacuum=off
max_connections=60
"""


class PostgresServer:
    """One server in a folder of its own, on a unix socket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="onecity-pg-"))
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self._data = self.folder / "data"
        if os.geteuid() == 0:
            known = pwd.getpwnam(OWNER)
            os.chown(self.folder, known.pw_uid, known.pw_gid)
        self._run("initdb", "-D", str(self._data), "-U", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", "-A", "trust")
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(folder=self.folder))
        self._made = 0
        self.start()

    def database(self) -> Place:
        """Make a database of its own."""
        self._made += 1
        name = f"d{self._made}"
        self.sql(f"CREATE DATABASE {name}", database="postgres")
        return Place("postgresql", {"host": str(self.folder), "database": name, "user": OWNER})

    def start(self) -> None:
        """Start it and wait until it takes connections; after a crash it recovers first."""
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def kill(self) -> None:
        """Kill the postmaster as a failing machine would; its children end by themselves."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        os.kill(pid, signal.SIGKILL)
        for child in children:  # at once, as when the power goes: nobody commits anything any more
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        end = time.monotonic() + 30
        while any(Path(f"/proc/{child}").exists() for child in (pid, *children)):
            assert time.monotonic() < end, "waited in vain for the orphans' end"
            time.sleep(0.01)

    def sql(self, text: str, *, database: str) -> list[tuple[Any, ...]]:
        """Run a statement."""
        url = f"postgresql://{OWNER}@/{database}?host={self.folder}"
        with psycopg.connect(url, autocommit=True) as link:
            cursor = link.execute(text)
            return cursor.fetchall() if cursor.description else []

    def remove(self) -> None:
        """Stop it and take it away."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def rows_of(place: Place, query: str) -> list[tuple[Any, ...]]:
    """Run a statement at a place, and return its rows."""
    url = f"host={place.options['host']} dbname={place.options['database']} user={place.options['user']}"
    with psycopg.connect(url, autocommit=True) as link:
        cursor = link.execute(query)
        return cursor.fetchall() if cursor.description else []
