"""Where the departments' stores of a test lie: databases, a MariaDB and a service of its own."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from onecity.demo.departments import stores
from onecity.demo.departments.running import HOST, department_password
from onecity.demo.departments.seed import Database, Ground
from onecity.demo.departments.service import DepartmentServer

SECRET = "test-secret"


@contextmanager
def ground_of(
    name: str, *, port: int, files: Path, databases: Collection[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    """Give stores named after a test; PostgreSQL's databases go afterwards. port: MariaDB's."""
    prefix = f"onecity_{name}_dept_"
    monkeypatch.setattr(stores, "PREFIX", prefix)
    facts = connection.settings_dict
    server = Database(facts["HOST"], int(facts["PORT"] or 5432), facts["USER"], facts["PASSWORD"])
    folder = settings.ENV.mariadb_folder.with_name(f"mariadb-test-{name}")
    token = department_password(SECRET, "service")
    with DepartmentServer((HOST, 0), folder=files, token=token) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield Ground(server, folder, port, int(service.server_address[1]), files, SECRET)
        service.shutdown()
        thread.join()
    with psycopg.connect(server.address, autocommit=True) as maintenance:
        for department in databases:
            maintenance.execute(f"DROP DATABASE IF EXISTS {prefix}{department} WITH (FORCE)")
