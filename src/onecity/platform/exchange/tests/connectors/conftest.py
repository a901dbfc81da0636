"""Each kind of connector with a real server, under one name for the tests that all must pass."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.servers.interfaces import TOKEN, Interfaces, running_interfaces
from tests.servers.kafka import Kafka, running_kafka
from tests.servers.mariadb import MariaDb, running_mariadb
from tests.servers.mosquitto import PASSWORD, USER, Mosquitto, running_mosquitto
from tests.servers.s3 import ObjectStore, running_s3
from tests.servers.sshd import Sshd, running_sshd

from onecity.platform.exchange.contracts.places import OptionValue, Place

_numbers = count(1)


@pytest.fixture(scope="session")
def _mariadb_server() -> Iterator[MariaDb]:
    with running_mariadb() as server:
        yield server


@pytest.fixture
def mariadb(_mariadb_server: MariaDb) -> Iterator[MariaDb]:
    """A MariaDB whose database is empty when a test begins."""
    yield _mariadb_server
    _mariadb_server.empty()


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    """A file that does not exist yet."""
    return Place("sqlite", {"path": str(tmp_path / "people.db")})


@pytest.fixture
def mysql_place(mariadb: MariaDb) -> Place:
    """The database of that MariaDB."""
    return mariadb.place()


@pytest.fixture(scope="session")
def sshd() -> Iterator[Sshd]:
    """An SSH server."""
    with running_sshd() as server:
        yield server


@pytest.fixture
def sftp_place(sshd: Sshd, tmp_path: Path) -> Place:
    """An empty folder on that server."""
    options: dict[str, OptionValue] = {
        "host": "127.0.0.1",
        "port": sshd.port,
        "user": sshd.user,
        "host_key": sshd.host_key,
    }
    return Place("sftp", {**options, "folder": str(tmp_path)}, sshd.key)


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """An object store."""
    with running_s3() as server:
        yield server


@pytest.fixture
def objects_place(object_store: ObjectStore) -> Place:
    """An empty bucket."""
    bucket = f"bucket-{next(_numbers)}"
    object_store.make_bucket(bucket)
    options: dict[str, OptionValue] = {
        "endpoint": object_store.endpoint,
        "bucket": bucket,
        "access_key": "exchange",
        "prefix": "civil",
    }
    return Place("objects", options, "geheim")


@pytest.fixture
def files_place(tmp_path: Path) -> Place:
    """An empty folder."""
    return Place("files", {"folder": str(tmp_path)})


@pytest.fixture
def interfaces() -> Iterator[Interfaces]:
    """Interfaces over HTTP."""
    with running_interfaces() as server:
        yield server


@pytest.fixture
def rest_place(interfaces: Interfaces) -> Place:
    """An interface that turns pages by number."""
    options: dict[str, OptionValue] = {
        "url": interfaces.url,
        "resources": "page",
        "rows_path": "data.list",
        "paging": "page",
        "page_size": 5,
    }
    return Place("rest", {**options, "rate": 1000})


@pytest.fixture
def guarded_place(interfaces: Interfaces) -> Place:
    """An interface that wants to see a token."""
    return Place("rest", {"url": interfaces.url, "resources": "guarded", "auth": "bearer", "rate": 1000}, TOKEN)


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """A Kafka cluster."""
    with running_kafka() as cluster:
        yield cluster


@pytest.fixture
def kafka_place(kafka: Kafka) -> Place:
    """That cluster."""
    return Place("kafka", {"servers": kafka.address})


@pytest.fixture
def topic() -> str:
    """A topic that no other test uses."""
    return f"people-{next(_numbers)}"


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[Mosquitto]:
    """An MQTT broker."""
    with running_mosquitto() as broker:
        yield broker


@pytest.fixture
def mqtt_place(mosquitto: Mosquitto) -> Place:
    """That broker, under a name that no other test uses."""
    options: dict[str, OptionValue] = {
        "host": "127.0.0.1",
        "port": mosquitto.port,
        "user": USER,
        "client_id": f"engine-{next(_numbers)}",
    }
    return Place("mqtt", {**options, "quiet_s": 1}, PASSWORD)
