"""Carries what the history asks to Django's connection."""

import re
from typing import Final, TypeVar

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
            named = {f"p{number}": value for number, value in enumerate(question.values, start=1)}
            with connection.cursor() as cursor:
                cursor.execute(_PLACE.sub(r"%(p\1)s", question.sql), named)
                return list(cursor.fetchall())
        case Copy():
            connection.ensure_connection()
            with connection.connection.cursor() as cursor, cursor.copy(f"COPY ({question.sql}) TO STDOUT BINARY") as copy:
                return parsed(b"".join(copy), question.form)
        case Thaw():
            return thawed(question.files, question.datastreams, since=question.since, until=question.until)
