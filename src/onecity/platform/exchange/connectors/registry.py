"""All kinds of connectors. A new kind is one module and one line here."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.utils.module_loading import import_string

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Connector

_PACKAGE: Final = "onecity.platform.exchange.connectors"
CLASSES: Final[Mapping[str, str]] = {
    "files": "files.connector.FilesConnector",
    "kafka": "kafka.connector.KafkaConnector",
    "mqtt": "mqtt.connector.MqttConnector",
    "mysql": "mysql.connector.MySqlConnector",
    "node": "nodes.NodeConnector",
    "objects": "objects.connector.ObjectsConnector",
    "postgresql": "postgresql.connector.PostgreSQL",
    "rest": "rest.connector.RestConnector",
    "rows": "rows.RowsConnector",
    "sftp": "sftp.connector.SftpConnector",
    "sqlite": "sqlite.connector.SqliteConnector",
}
"""Each kind's class; its driver is imported when somebody needs the kind."""


class NoSuchConnector(NotFound):
    """A place names a kind that nobody speaks."""

    code = "exchange.no_such_connector"
    message = zh("没有这种连接方式：{kind}")


def connectors() -> dict[str, Connector]:
    """Return every connector by its kind."""
    return {kind: connector(kind) for kind in CLASSES}


@cache
def connector(kind: str) -> Connector:
    """Return the connector of a kind. Raises: NoSuchConnector."""
    if kind not in CLASSES:
        raise NoSuchConnector(params={"kind": kind})
    found: Connector = import_string(f"{_PACKAGE}.{CLASSES[kind]}")()
    return found
