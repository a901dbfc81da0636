"""Sending: one statement puts a message into any number of inboxes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity
from onecity.platform.messages.registries import templates
from onecity.platform.messages.rules import check_link, places, stored_values

_PUT: Final = """
    INSERT INTO messages_message (recipient_id, template_code, params, link, is_urgent, created_at, read_at)
    SELECT account, %(template)s, %(params)s::jsonb, %(link)s, %(urgent)s, %(now)s,
        CASE WHEN NOT %(urgent)s AND EXISTS (
            SELECT FROM messages_mute m WHERE m.account_id = account AND m.template_code = %(template)s
        ) THEN %(now)s::timestamptz END
    FROM (SELECT DISTINCT unnest(%(to)s::bigint[])) AS wanted(account)
"""


class UnknownTemplate(Exception):
    """No module declares this template: a mistake in the calling code."""


def send(
    actor: Actor, *, to: Sequence[int], template: str, params: Mapping[str, object], link: str = "", now: datetime
) -> int:
    """Put a message into the inboxes of these accounts, in the caller's transaction; returns how many got it.

    to: account ids; each gets it once. params: texts, numbers and instants for the template's places; never personal
    data. link: where it leads, a path within the city. now: city time. For who has muted the template it arrives as
    read, unless it is urgent.
    Raises: UnknownTemplate; WrongParameters.
    """
    declared = templates().get(template)
    if declared is None:
        raise UnknownTemplate(template)
    values = stored_values(params, wanted=places(declared.title, declared.body))
    check_link(link)
    if not to:
        return 0
    parameters: dict[str, str | bool | datetime | list[int]] = {
        "template": template,
        "params": json.dumps(values, ensure_ascii=False),
        "link": link,
        "urgent": declared.urgent,
        "now": now,
        "to": list(to),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PUT, parameters)
        count = int(cursor.rowcount)
        identity.record(actor, action="messages.send", target=template, details={"count": count, "link": link})
    return count
