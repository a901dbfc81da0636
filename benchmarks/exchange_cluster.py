"""A private PostgreSQL for the exchange benchmark: on loopback, as peers know no sockets; durable as by default."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import psycopg

from onecity.platform.exchange.contracts.places import Place

OWNER: Final = "postgres"
_SETTINGS: Final = """
listen_addresses='127.0.0.1'
port={port}
unix_socket_directories=''
shared_buffers=2GB
work_mem=32MB
maintenance_work_mem=256MB
max_wal_size=4GB
wal_compression=on
checkpoint_timeout=15min
jit=off
"""


class Cluster:
    """One server; fsync and synchronous_commit are on, as they are by default."""

    def __init__(self, parent: str | None = None) -> None:
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self._folder = Path(tempfile.mkdtemp(prefix="onecity-bench-pg-", dir=parent))
        self.port = _free_port()
        if os.geteuid() == 0:
            known = pwd.getpwnam(OWNER)
            os.chown(self._folder, known.pw_uid, known.pw_gid)
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", "-A", "trust", "-k")
        with (self._folder / "data" / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(port=self.port))
        self._run("pg_ctl", "-D", data, "-l", str(self._folder / "log"), "-w", "start")

    def place(self, database: str) -> Place:
        """Make a database, and say where it is."""
        self.sql("postgres", f"CREATE DATABASE {database}")
        return Place("postgresql", {"host": "127.0.0.1", "port": self.port, "database": database, "user": OWNER})

    def url(self, database: str) -> str:
        """Return a database's address."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def psql(self, database: str) -> list[str]:
        """Return the command line of psql."""
        return [str(self._programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url(database)]

    def sql(self, database: str, *statements: str) -> list[tuple[object, ...]]:
        """Run statements, each in a transaction of its own; return the rows of the last."""
        rows: list[tuple[object, ...]] = []
        with psycopg.connect(self.url(database), autocommit=True) as link:
            for statement in statements:
                cursor = link.execute(statement)
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def remove(self) -> None:
        """Stop it and take it away."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
