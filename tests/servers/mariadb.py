"""A MariaDB of one's own that may be killed."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pymysql
from tests.servers.ports import PATIENCE_S, free_port, until

from onecity.demo.servers.mariadb import Schema, prepare
from onecity.platform.exchange.contracts.places import OptionValue, Place

SCHEMA = Schema("civil", "civil_app", "geheim'\\ 1")


class MariaDb:
    """The real server in a folder of its own, on a private port, durable on every commit."""

    def __init__(self, *, tls: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="onecity-mariadb-"))
        self.folder.chmod(0o711)
        self.port = free_port()
        self._command = prepare(self.folder / "server", port=self.port, schemas=[SCHEMA], memory_mb=64)
        if tls:
            self._command += self._with_certificate()
        self.start()

    @property
    def certificate(self) -> Path:
        """The certificate that the server shows, signed by itself."""
        return self.folder / "server" / "certificate.pem"

    def place(self, **options: OptionValue) -> Place:
        """Return the place that connectors use."""
        known: dict[str, OptionValue] = {
            "host": "127.0.0.1", "port": self.port, "database": SCHEMA.name, "user": SCHEMA.account,
        }  # fmt: skip
        return Place("mysql", known | options, SCHEMA.password)

    def start(self) -> None:
        """Start it and wait until it lets us in; after a crash it recovers first."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)
        until(self._answers, what="MariaDB")

    def kill(self) -> None:
        """Kill it as a failing machine would."""
        self._process.kill()
        self._process.wait(PATIENCE_S)

    def sql(self, *statements: str) -> Sequence[Sequence[object]]:
        """Run statements and return what the last one gives."""
        with contextlib.closing(self._connect()) as link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def empty(self) -> None:
        """Take all tables away."""
        self.sql(f"DROP DATABASE {SCHEMA.name}", f"CREATE DATABASE {SCHEMA.name}")

    def remove(self) -> None:
        """Stop it and take it away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _with_certificate(self) -> tuple[str, ...]:
        key = self.certificate.with_name("key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
            check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for path in (key, self.certificate):
            path.chmod(0o644)
        return f"--ssl-cert={self.certificate}", f"--ssl-key={key}"

    def _connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user=SCHEMA.account, password=SCHEMA.password, database=SCHEMA.name,
            charset="utf8mb4", autocommit=True, connect_timeout=5,
        )  # fmt: skip

    def _answers(self) -> bool:
        with contextlib.suppress(pymysql.MySQLError):
            self._connect().close()
            return True
        return False


@contextlib.contextmanager
def running_mariadb(*, tls: bool = False) -> Iterator[MariaDb]:
    """Run a server for a while."""
    server = MariaDb(tls=tls)
    try:
        yield server
    finally:
        server.remove()
