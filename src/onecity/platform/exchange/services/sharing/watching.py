"""Noticing use that does not look like before, and providers that are late."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.clock import city_date
from onecity.kernel.text import zh
from onecity.platform.cases.api import add_note
from onecity.platform.exchange.models import GrantDay, SharingRequest, UnusualUse
from onecity.platform.exchange.rules.sharing.unusual import Watch, at_night, too_many, usual
from onecity.platform.exchange.selectors.sharing.parameters import parameters, watch_of
from onecity.platform.exchange.services.sharing.telling import (
    sharing_itself,
    tell_of_lateness,
    tell_of_unusual_use,
)
from onecity.platform.identity.api import record

LATE_NODES: Final = frozenset({"accept", "review", "decide"})


def watch_uses(*, now: datetime) -> int:
    """Compare each grant's use of today with the days before; tell providers, once a day; returns how many flags."""
    today = city_date(now)
    values = parameters(today=today)
    watch, since = watch_of(values), today - timedelta(days=values["watched_days"])
    busy = GrantDay.objects.filter(day=today, queries__gte=min(watch.least, watch.night_least))
    return sum(_judge(row, since=since, watch=watch, now=now) for row in busy.select_related("grant"))


def escalate_request(*, case_id: int, now: datetime) -> bool:
    """Report a request whose provider is late to the data administration, once; say whether it was done now."""
    with transaction.atomic():
        request = SharingRequest.objects.select_for_update().filter(case_id=case_id).first()
        if request is None or request.escalated_at or request.state != SharingRequest.State.WAITING:
            return False
        request.escalated_at = now
        request.save(update_fields=["escalated_at"])
        record(
            sharing_itself(),
            action="exchange.escalate_request",
            target=f"exchange.sharingrequest:{request.id}",
            details={"case": request.case_number},
        )
        add_note(sharing_itself(), case_id=case_id, text=zh("提供方超期未答复，已报数据主管部门督办"), now=now)
        tell_of_lateness(request, now=now)
    return True


def _judge(row: GrantDay, *, since: date, watch: Watch, now: datetime) -> int:
    before = list(
        GrantDay.objects.filter(grant_id=row.grant_id, day__gte=since, day__lt=row.day).values_list(
            "queries", "night_queries"
        )
    )
    by_day, by_night = [one[0] for one in before], [one[1] for one in before]
    flags = 0
    if too_many(row.queries, before=by_day, watch=watch):
        flags += _flag(row, UnusualUse.Kind.MANY, queries=row.queries, before=by_day, now=now)
    if at_night(row.night_queries, before=by_night, watch=watch):
        flags += _flag(row, UnusualUse.Kind.NIGHT, queries=row.night_queries, before=by_night, now=now)
    return flags


def _flag(row: GrantDay, kind: UnusualUse.Kind, *, queries: int, before: Sequence[int], now: datetime) -> int:
    with transaction.atomic():
        flag, created = UnusualUse.objects.get_or_create(
            grant_id=row.grant_id,
            day=row.day,
            kind=kind,
            defaults={"queries": queries, "usual": usual(before), "noticed_at": now},
        )
        if created:
            tell_of_unusual_use(row.grant, unusual=flag, now=now)
            record(
                sharing_itself(),
                action="exchange.notice_unusual_use",
                target=f"exchange.sharinggrant:{row.grant_id}",
                details={"kind": str(kind), "queries": queries, "usual": flag.usual},
            )
    return int(created)
