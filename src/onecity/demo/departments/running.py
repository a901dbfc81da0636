"""The departments' own servers: a MariaDB with a schema for each of four departments, and the web service of two."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pymysql

from onecity.demo.departments.stores import MARIADB
from onecity.demo.servers.mariadb import Schema, prepare

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60.0


class NotUp(Exception):
    """The departments' MariaDB did not come up in time."""


def department_password(secret: str, department: str) -> str:
    """Return the password of a department's account; `secret` is the demonstration's password."""
    return hashlib.sha256(f"{department}:{secret}".encode()).hexdigest()[:32]


def mariadb_command(folder: Path, *, port: int, secret: str) -> tuple[str, ...]:
    """Return the command line of the departments' MariaDB, its data folder made. Raises: NotInstalled."""
    schemas = [Schema(name, name, department_password(secret, name)) for name in MARIADB]
    return prepare(folder, port=port, schemas=schemas)


@contextmanager
def running_mariadb(folder: Path, *, port: int, secret: str) -> Iterator[None]:
    """Have the departments' MariaDB run: the one that runs already, else one of our own that ends with the block.

    Raises: NotInstalled; NotUp.
    """
    if _answers(port, secret):
        yield
        return
    process = subprocess.Popen(  # noqa: S603  # Debian's own program
        mariadb_command(folder, port=port, secret=secret),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(port, secret):
            if process.poll() is not None or time.monotonic() > until:
                raise NotUp(str(folder))
            time.sleep(0.1)
        yield
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=START_SECONDS)


def _answers(port: int, secret: str) -> bool:
    name = next(iter(MARIADB))
    try:
        pymysql.connect(
            host=HOST,
            port=port,
            user=name,
            password=department_password(secret, name),
            database=name,
            connect_timeout=3,
        ).close()
    except pymysql.MySQLError:
        return False
    return True
