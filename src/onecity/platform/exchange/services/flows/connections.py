"""Connections: made, changed, tested, looked into. Their secrets lie sealed and are opened only for the engine."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.connectors.registry import connector, connectors
from onecity.platform.exchange.connectors.rows import KIND as ROWS
from onecity.platform.exchange.contracts.flows import ConnectionText
from onecity.platform.exchange.contracts.places import OptionField, OptionValue, Place
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.models import Connection
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.services.flows.reach import check_scope, connection_of
from onecity.platform.identity import api as identity

SECRET: Final = "exchange.connection.secret"
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{1,59}")
MOST_AT_ONCE: Final = 64


class ConnectionExists(Conflict):
    """The code is taken."""

    code = "exchange.connection_exists"
    message = zh("连接编码已存在")


def create_connection(actor: Actor, *, code: str, text: ConnectionText, now: datetime) -> int:
    """Make a connection and return its id. now: city time.

    Raises: Invalid naming the field; ConnectionExists; OutsideScope.
    """
    _check(text, code=code)
    division = check_scope(actor, MANAGE_FLOWS, organisation_id=text.organisation_id)
    try:
        with transaction.atomic():
            made = Connection.objects.create(
                code=code,
                secret=_sealed(text.secret or ""),
                division_code=division,
                author=actor.key,
                created_at=now,
                **_columns(text),
            )
            identity.record(actor, action="exchange.create_connection", target=_target(made.id), details={"code": code})
    except IntegrityError:
        raise ConnectionExists(fields={"code": ConnectionExists.message}) from None
    return made.id


def change_connection(actor: Actor, *, connection_id: int, text: ConnectionText) -> None:
    """Change what a connection says; its kind stays.

    Raises: NotFound; Invalid naming the field; OutsideScope for the organisation it moves to.
    """
    _check(text)
    division = check_scope(actor, MANAGE_FLOWS, organisation_id=text.organisation_id)
    with transaction.atomic():
        found = connection_of(actor, MANAGE_FLOWS, connection_id=connection_id, lock=True)
        if found.kind != text.kind:
            raise Invalid(fields={"kind": zh("连接方式不能更改，请新建连接")})
        for name, value in _columns(text).items():
            setattr(found, name, value)
        if text.secret is not None:
            found.secret = _sealed(text.secret)
        found.division_code, found.author = division, actor.key
        found.save()
        details = {"secret_changed": text.secret is not None}
        identity.record(actor, action="exchange.change_connection", target=_target(found.id), details=details)


def test_connection(actor: Actor, *, connection_id: int, now: datetime) -> str:
    """Reach the other side; return what is wrong as a Chinese sentence, or "". now: city time.

    Raises: NotFound.
    """
    found = connection_of(actor, MANAGE_FLOWS, connection_id=connection_id)
    error = ""
    try:
        connector(found.kind).check(place_of(found))
    except OneCityError as fault:
        error = fault.sentence()
    with transaction.atomic():
        Connection.objects.filter(id=found.id).update(checked_at=now, check_error=error[:300])
        outcome = "failed" if error else "done"
        identity.record(actor, action="exchange.test_connection", target=_target(found.id), outcome=outcome)
    return error


def discover(actor: Actor, *, connection_id: int) -> Sequence[TableShape]:
    """Return the tables that can be read there.

    Raises: NotFound; Unreachable.
    """
    found = connection_of(actor, MANAGE_FLOWS, connection_id=connection_id)
    identity.record(actor, action="exchange.discover", target=_target(found.id))
    return connector(found.kind).discover(place_of(found))


def place_of(connection: Connection) -> Place:
    """Return where a connection leads, its secret opened: for connectors only.

    Raises: KeyMissing, Undecipherable if the secret cannot be opened.
    """
    secret = bytes(connection.secret)
    return Place(connection.kind, connection.options, identity.open_text(secret, context=SECRET) if secret else "")


def offered_kinds() -> list[Connector]:
    """Return the kinds of connections that people may choose."""
    return [item for kind, item in sorted(connectors().items()) if kind != ROWS]


def _sealed(secret: str) -> bytes:
    return identity.seal_personal(secret, context=SECRET, masked="").sealed


def _columns(text: ConnectionText) -> dict[str, object]:
    return {
        "name": text.name.strip(),
        "kind": text.kind,
        "options": dict(text.options),
        "rows_per_second": text.rows_per_second,
        "at_once": text.at_once,
        "note": text.note.strip(),
        "organisation_id": text.organisation_id,
    }


def _check(text: ConnectionText, *, code: str = "") -> None:
    checks = (
        ("code", not code or CODE.fullmatch(code), zh("编码由小写字母、数字和连字符组成，2至60个字符")),
        ("name", 1 <= len(text.name.strip()) <= 80, zh("名称应为1至80个字")),
        ("at_once", 1 <= text.at_once <= MOST_AT_ONCE, zh("同时运行数应在1至64之间")),
        ("rows_per_second", text.rows_per_second >= 0, zh("每秒行数上限不能为负")),
        ("kind", text.kind in {item.kind for item in offered_kinds()}, zh("没有这种连接方式")),
    )
    fields = {name: sentence for name, holds, sentence in checks if not holds}
    if "kind" not in fields:
        fields |= _option_faults(connector(text.kind).options, text.options)
    if fields:
        raise Invalid(fields=fields)


def _option_faults(wanted: Sequence[OptionField], given: "dict[str, OptionValue] | object") -> dict[str, str]:
    assert isinstance(given, dict)
    known = {item.name for item in wanted}
    faults = {name: zh("没有这个参数") for name in given if name not in known}
    for item in wanted:
        value = given.get(item.name, "")
        if item.required and value == "":
            faults[item.name] = zh("请填写此项")
        elif value != "" and not _fits(item, value):
            faults[item.name] = zh("取值不正确")
    return faults


def _fits(item: OptionField, value: OptionValue) -> bool:
    match item.type:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "choice":
            return value in item.choices
        case "text":
            return isinstance(value, str)


def _target(connection_id: int) -> str:
    return f"exchange.connection:{connection_id}"
