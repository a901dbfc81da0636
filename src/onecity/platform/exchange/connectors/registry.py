"""All kinds of connectors. A new kind is one module and one line here."""

from functools import cache

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.connectors.files.connector import FilesConnector
from onecity.platform.exchange.connectors.kafka.connector import KafkaConnector
from onecity.platform.exchange.connectors.mqtt.connector import MqttConnector
from onecity.platform.exchange.connectors.mysql.connector import MySqlConnector
from onecity.platform.exchange.connectors.nodes import NodeConnector
from onecity.platform.exchange.connectors.objects.connector import ObjectsConnector
from onecity.platform.exchange.connectors.postgresql.connector import POSTGRESQL
from onecity.platform.exchange.connectors.rest.connector import RestConnector
from onecity.platform.exchange.connectors.rows import RowsConnector
from onecity.platform.exchange.connectors.sftp.connector import SftpConnector
from onecity.platform.exchange.connectors.sqlite.connector import SqliteConnector


class NoSuchConnector(NotFound):
    """A place names a kind that nobody speaks."""

    code = "exchange.no_such_connector"
    message = zh("没有这种连接方式：{kind}")


@cache
def connectors() -> dict[str, Connector]:
    """Return every connector by its kind."""
    every: tuple[Connector, ...] = (
        FilesConnector(),
        KafkaConnector(),
        MqttConnector(),
        MySqlConnector(),
        NodeConnector(),
        ObjectsConnector(),
        POSTGRESQL,
        RestConnector(),
        RowsConnector(),
        SftpConnector(),
        SqliteConnector(),
    )
    return {one.kind: one for one in every}


def connector(kind: str) -> Connector:
    """Return the connector of a kind. Raises: NoSuchConnector."""
    found = connectors().get(kind)
    if found is None:
        raise NoSuchConnector(params={"kind": kind})
    return found
