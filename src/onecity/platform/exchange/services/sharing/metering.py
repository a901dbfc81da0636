"""The meter of a grant: so many subjects a day, so many calls a minute."""

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingGrant

_TAKE: Final = """
    INSERT INTO exchange_grantday AS kept (grant_id, day, queries, night_queries, refused, rows, minute, in_minute)
    VALUES (%(grant)s, %(day)s, %(count)s, 0, 0, 0, %(minute)s, 1)
    ON CONFLICT (grant_id, day) DO UPDATE SET
        queries = kept.queries + %(count)s,
        minute = %(minute)s,
        in_minute = CASE WHEN kept.minute = %(minute)s THEN kept.in_minute + 1 ELSE 1 END
    RETURNING queries, in_minute
"""


class DailyLimitReached(Conflict):
    """The grant's queries of the day are used up."""

    code = "exchange.daily_limit_reached"
    message = zh("授权 {code} 今日查询次数已达上限（{limit} 次），请明日再查或申请变更授权")


class TooFast(Unavailable):
    """More calls in a minute than the city allows."""

    code = "exchange.too_fast"
    message = zh("调用过于频繁（每分钟至多 {limit} 次），请稍后再试")


def take(grant: SharingGrant, *, count: int, calls_per_minute: int, now: datetime) -> None:
    """Count `count` subjects and one call; what exceeds a limit is not counted.

    Raises: DailyLimitReached; TooFast.
    """
    values: dict[str, Any] = {
        "grant": grant.id,
        "day": city_date(now),
        "count": count,
        "minute": now.replace(second=0, microsecond=0),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        queries, in_minute = cursor.fetchone()
        if queries > grant.queries_per_day:
            raise DailyLimitReached(params={"code": grant.code, "limit": grant.queries_per_day})
        if in_minute > calls_per_minute:
            raise TooFast(params={"limit": calls_per_minute})
