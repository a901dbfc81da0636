"""Carries what the history asks to the database: on Django's connection, or on one of a hot road's pool."""

import asyncio
import re
from typing import Any, Final, TypeVar

import asyncpg
from django.db import connection

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.selectors.cold import thawed
from onecity.platform.iot.selectors.columns import Rows, parsed
from onecity.platform.iot.selectors.history.asking import Asking, Copy, Fetch, Thaw

Answer = TypeVar("Answer")
_PLACE: Final = re.compile(r"\$(\d+)")


def asked(asking: Asking[Answer]) -> Answer:
    """Return what a computation comes to, with its questions answered on Django's connection of this thread."""
    try:
        question = next(asking)
        while True:
            try:
                answer = _answered(question)
            except FileNotFoundError as error:
                question = asking.throw(error)
            else:
                question = asking.send(answer)
    except StopIteration as end:
        result: Answer = end.value
        return result


def _answered(question: Fetch | Copy | Thaw) -> list[tuple[object, ...]] | Rows | Readings:
    match question:
        case Fetch():
            named: dict[str, Any] = {f"p{number}": value for number, value in enumerate(question.values, start=1)}
            with connection.cursor() as cursor:
                cursor.execute(_PLACE.sub(r"%(p\1)s", question.sql), named)
                return list(cursor.fetchall())
        case Copy():
            connection.ensure_connection()
            with (
                connection.connection.cursor() as cursor,
                cursor.copy(f"COPY ({question.sql}) TO STDOUT BINARY") as copy,
            ):
                return parsed(b"".join(copy), question.form)
        case Thaw():
            return thawed(question.files, question.datastreams, since=question.since, until=question.until)


async def asked_on(pool: asyncpg.Pool, asking: Asking[Answer]) -> Answer:
    """Return the same on a hot road: statements on one connection of its pool, files in a thread of their own."""
    async with pool.acquire() as link:
        try:
            question = next(asking)
            while True:
                try:
                    answer = await _answered_on(link, question)
                except FileNotFoundError as error:
                    question = asking.throw(error)
                else:
                    question = asking.send(answer)
        except StopIteration as end:
            result: Answer = end.value
            return result


async def _answered_on(
    link: asyncpg.Connection, question: Fetch | Copy | Thaw
) -> list[asyncpg.Record] | Rows | Readings:
    match question:
        case Fetch():
            found: list[asyncpg.Record] = await link.fetch(question.sql, *question.values)
            return found
        case Copy():
            parts: list[bytes] = []

            async def take(data: bytes) -> None:
                parts.append(bytes(data))

            await link.copy_from_query(question.sql, output=take, format="binary")
            return parsed(b"".join(parts), question.form)
        case Thaw():
            bounds = {"since": question.since, "until": question.until}
            return await asyncio.to_thread(thawed, question.files, question.datastreams, **bounds)
