"""Connections to a PostgreSQL place: options, time limits, and errors in the contract's terms."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import asyncpg
import psycopg

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.places import OptionField, Place

SSL_MODES: Final = ("disable", "prefer", "require", "verify-ca", "verify-full")
OPTIONS: Final = (
    OptionField("host", zh("主机"), required=True, help=zh("主机名、地址，或套接字所在的文件夹")),
    OptionField("port", zh("端口"), type="integer", default=5432),
    OptionField("database", zh("数据库"), required=True),
    OptionField("user", zh("用户名"), required=True),
    OptionField("schema", zh("模式"), default="public", help=zh("表名中未写明模式时使用")),
    OptionField("sslmode", zh("加密方式"), type="choice", default="prefer", choices=SSL_MODES),
    OptionField("sslrootcert", zh("根证书文件"), help=zh("验证对方证书时使用")),
)
CONNECT_S: Final = 10
SENDING: Final = 2 << 20
"""Bytes that lie ready for the server while Python does something else."""
LOCK_S: Final = 60
# SQLSTATE classes after which the same attempt may succeed later: connection, resources, intervention, system, and
# serialization failures; a lock that was not to be had; rejected log-in because the server is starting or full.
_PASSING: Final = ("08", "53", "57", "58", "40", "55P03", "XX000")
_REFUSED: Final = ("28", "3D")


def link(place: Place, *, zone: str = "UTC") -> "psycopg.Connection[tuple[object, ...]]":
    """Open a connection (no transaction begins by itself). zone: the session's time zone. Raises: Unreachable."""
    try:
        found = psycopg.connect(
            host=_text(place, "host"),
            port=_port(place),
            dbname=_text(place, "database"),
            user=_text(place, "user"),
            password=place.secret or None,
            sslmode=_text(place, "sslmode") or "prefer",
            sslrootcert=_text(place, "sslrootcert") or None,
            connect_timeout=CONNECT_S,
            application_name="onecity",
            options=f"-c timezone={zone} -c datestyle=ISO -c lock_timeout={LOCK_S}s -c client_min_messages=error",
            autocommit=True,
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            tcp_user_timeout=60_000,
        )
    except psycopg.Error as error:
        raise Unreachable(params={"reason": told(error)}) from error
    found.prepare_threshold = None
    with socket.socket(fileno=os.dup(found.fileno())) as line:
        if line.family == socket.AF_UNIX:  # TCP finds its measure by itself
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENDING)
    return found


async def stream(place: Place, *, settings: Mapping[str, str]) -> asyncpg.Connection:
    """Open a connection for binary streams. Raises: Unreachable."""
    mode = _text(place, "sslmode") or "prefer"
    root = _text(place, "sslrootcert")
    certificate = f"&sslrootcert={root}" if root else ""
    try:
        return await asyncpg.connect(
            f"postgresql:///?sslmode={mode}{certificate}",
            host=_text(place, "host"),
            port=_port(place),
            database=_text(place, "database"),
            user=_text(place, "user"),
            password=place.secret or None,
            timeout=CONNECT_S,
            statement_cache_size=0,
            server_settings={"application_name": "onecity", **settings},
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unreachable(params={"reason": told(error)}) from error


@contextmanager
def translated() -> Iterator[None]:
    """Turn the drivers' errors into Unreachable where waiting may help, else into NotUnderstood."""
    try:
        yield
    except (psycopg.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        state = str(getattr(error, "sqlstate", None) or "")
        if not state or state.startswith(_PASSING):
            raise Unreachable(params={"reason": told(error)}) from error
        raise NotUnderstood(params={"reason": told(error)}) from error


def told(error: BaseException) -> str:
    """Return what went wrong in one line: the server's own words, never its detail, which may quote values."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None) or getattr(error, "message", None)
    text = str(primary or error or type(error).__name__).strip()
    return text.splitlines()[0][:200] if text else type(error).__name__


def _text(place: Place, name: str) -> str:
    return str(place.options.get(name, "") or "")


def _port(place: Place) -> int:
    return int(place.options.get("port") or 5432)
