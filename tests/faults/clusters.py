"""A PostgreSQL cluster of one's own that may be killed or starved, with the platform's tables in it."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from tests.gateways.harness import ROOT, until

OWNER = "postgres"
_DEVICES = """
from datetime import UTC, datetime
from onecity.platform.identity.models import Organisation
from onecity.platform.iot.models import Device
owner = Organisation.objects.create(code="f", name="f", short_name="f", kind="department")
for key in {keys!r}:
    Device.objects.create(key=key, name=key, type_code="iot.generic", protocol={protocol!r}, organisation=owner,
                          created_at=datetime.now(UTC))
"""


class Cluster:
    """One server in a folder of its own, on a unix socket, durable as the platform's own is."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="onecity-faults-"))
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self._data = self.folder / "data"
        if os.geteuid() == 0:
            known = pwd.getpwnam(OWNER)
            os.chown(self.folder, known.pw_uid, known.pw_gid)
        self._run("initdb", "-D", str(self._data), "-U", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", "-A", "trust")
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(
                f"listen_addresses=''\nunix_socket_directories='{self.folder}'\nmax_wal_size=64MB\nmin_wal_size=32MB\n"
                "shared_buffers=32MB\njit=off\n"
            )
        self.start()
        self.sql("CREATE DATABASE faults", database="postgres")
        for extension in ("postgis", "pg_trgm", "btree_gin", "btree_gist"):
            self.sql(f"CREATE EXTENSION {extension}")

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://{OWNER}@/faults?host={self.folder}"

    def prepare(self, *keys: str, protocol: str = "hj212") -> None:
        """Make the platform's tables and register devices."""
        self._manage("migrate", "--no-input", "-v", "0")
        self._manage("shell", "-v", "0", "-c", _DEVICES.format(keys=list(keys), protocol=str(protocol)))

    def start(self) -> None:
        """Start it and wait until it takes connections; after a crash it recovers first."""
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def kill(self) -> None:
        """Kill the postmaster as a failing machine would; its children go with it."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        children = _children_of(pid)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), what="the orphans' end")

    def answers(self) -> bool:
        """Say whether it takes connections."""
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"postgresql://{OWNER}@/postgres?host={self.folder}", connect_timeout=2).close()
            return True
        return False

    def sql(self, text: str, *, database: str = "faults") -> list[tuple[object, ...]]:
        """Run a statement."""
        with psycopg.connect(f"postgresql://{OWNER}@/{database}?host={self.folder}", autocommit=True) as link:
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

    def _manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            check=True, cwd=ROOT, env={**os.environ, "ONECITY_DATABASE_URL": self.url}, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def _children_of(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(place.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(place.parent.name))
    return found
