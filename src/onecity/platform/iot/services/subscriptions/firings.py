"""Telling subscriptions what a rule found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import orjson
from django.db import connection

_NOTE: Final = """
    INSERT INTO iot_feedentry (readings, told, target, size, made_at)
    SELECT '', %(told)s::jsonb, %(to)s, %(size)s, clock_timestamp()
    WHERE EXISTS (SELECT FROM iot_subscription
        WHERE CASE WHEN %(to)s::bigint IS NULL THEN 'rules' = ANY(topics) ELSE id = %(to)s END)
"""


@dataclass(frozen=True, slots=True)
class RuleFiring:
    """What a rule found. change: `fired` or `ended`. values: what it saw, JSON values. at: city time.

    device_id: None where no single device is its subject; then the rule's organisation and place say who may see it.
    """

    rule_code: str
    rule_name: str
    edition: int
    firing_id: int
    change: str
    severity: str
    text: str
    values: Mapping[str, object]
    at: datetime
    organisation_id: int
    division_code: str = ""
    device_id: int | None = None


def tell_of_firing(firing: RuleFiring, *, to: int | None = None) -> bool:
    """Leave a firing for subscriptions, in the caller's transaction; say whether anybody will be told.

    to: the only subscription that is told, whatever its topics; None for all that want to hear of rules.
    """
    plain = {**asdict(firing), "topic": "rules", "at": firing.at.isoformat(), "values": dict(firing.values)}
    told = orjson.dumps([plain]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"told": told, "to": to, "size": len(told)})
        return bool(cursor.rowcount)
