"""Sessions with a MySQL or MariaDB server, and its errors in words that hold no data and no secret."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

import pymysql
from pymysql.cursors import Cursor, SSCursor

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import ANSWER_S, CONNECT_S, Answers
from onecity.platform.exchange.connectors.conditions import Dialect
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.places import OptionField

DIALECT: Final = Dialect(quote="`", same="{a} <=> {b}")
OPTIONS: Final = (
    OptionField("host", zh("主机"), required=True, default="127.0.0.1"),
    OptionField("port", zh("端口"), type="integer", default=3306),
    OptionField("database", zh("数据库"), required=True),
    OptionField("user", zh("用户"), required=True),
    OptionField("tls", zh("加密传输"), type="choice", default="off", choices=("off", "on", "verify"),
                help=zh("off：不加密；on：加密；verify：加密并核对服务器证书")),
    OptionField("ca_file", zh("证书颁发机构文件"), help=zh("核对服务器证书时使用")),
    OptionField("time_zone", zh("时区"), default="+08:00", help=zh("TIMESTAMP 字段按此时区换算")),
    OptionField("tinyint_is_boolean", zh("tinyint(1) 作为是否"), type="boolean", default=True),
)  # fmt: skip
_REFUSES_US: Final = {1044, 1045, 1049, 1130, 1698, 1129, 1040, 1203, 1226}
_ODD_STATEMENT: Final = {1054, 1146, 1142, 1143}
READING_MODE: Final = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'"
_WRITING_MODE: Final = (
    "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_AUTO_VALUE_ON_ZERO'"
)


def connect(answers: Answers, *, stream: bool = False, write: bool = False) -> "pymysql.Connection[Cursor]":
    """Return a session. stream: answers are read row by row. Raises: Unreachable, NotUnderstood."""
    with translated():
        link = pymysql.connect(
            host=answers.text("host"), port=answers.integer("port"), user=answers.text("user"),
            password=answers.secret, database=answers.text("database"), charset="utf8mb4",
            connect_timeout=CONNECT_S, read_timeout=3600 if write else ANSWER_S, write_timeout=ANSWER_S,
            cursorclass=SSCursor if stream else Cursor, autocommit=True, local_infile=False, **_tls(answers),
        )  # fmt: skip
        with link.cursor() as cursor:
            cursor.execute(_WRITING_MODE if write else READING_MODE)
            cursor.execute("SET SESSION time_zone = %s", (answers.text("time_zone"),))
    return link


def address(answers: Answers) -> str:
    """Return the address for connectorx. It holds the password: it goes to no message and no log."""
    user, password = quote(answers.text("user"), safe=""), quote(answers.secret, safe="")
    place = f"{answers.text('host')}:{answers.integer('port')}/{quote(answers.text('database'), safe='')}"
    limits = f"tcp_connect_timeout_ms={CONNECT_S * 1000}&tcp_keepalive_time_ms=10000"
    return f"mysql://{user}:{password}@{place}?{limits}"


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into the contract's; values that its messages quote are left out."""
    try:
        yield
    except pymysql.MySQLError as error:
        raise translation(error) from None
    except (OSError, RuntimeError) as error:
        raise Unreachable(params={"reason": type(error).__name__}) from None


def translation(error: Exception) -> Unreachable | NotUnderstood:
    """Return the contract's error for one of the driver's."""
    number = error_number(error)
    if number in _REFUSES_US:
        return Unreachable(zh("连接不上对方：对方拒绝登录（错误 {number}）"), params={"number": number})
    if number in _ODD_STATEMENT:
        return NotUnderstood(
            zh("对方的数据与约定不符：表或字段不存在，或无权读取（错误 {number}）"), params={"number": number}
        )
    if isinstance(error, pymysql.OperationalError | pymysql.InterfaceError):
        return Unreachable(zh("连接不上对方：对方没有应答（错误 {number}）"), params={"number": number})
    return NotUnderstood(zh("对方的数据与约定不符：数据库报告错误 {number}"), params={"number": number})


def error_number(error: Exception) -> int:
    """Return the server's or the driver's number of an error, 0 where it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def encrypted(answers: Answers) -> bool:
    """Say whether everything must go through TLS."""
    return answers.text("tls") != "off"


def _tls(answers: Answers) -> dict[str, ssl.SSLContext | bool]:
    """Return the driver's settings; with a context it refuses a server that does not know TLS."""
    if not encrypted(answers):
        return {"ssl_disabled": True}
    if answers.text("tls") == "verify":
        try:
            return {"ssl": ssl.create_default_context(cafile=answers.text("ca_file") or None)}
        except OSError:
            raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": zh("证书颁发机构文件")}) from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}
