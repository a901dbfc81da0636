"""Setting how long what is kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import RetentionText
from onecity.platform.iot.models import Retention
from onecity.platform.iot.registries import device_types

TIERS: Final = ("raw_days", "minute_days", "hour_days", "day_days")
LONGEST_DAYS: Final = 36_600


def set_retention(actor: Actor, *, text: RetentionText, now: datetime) -> None:
    """Set how many days of what is kept for a type of device. now: city time.

    Roll-ups are made of readings and days of hours, so that the coarser is kept longer than the finer.
    Raises: Invalid naming the fields.
    """
    faults = dict(_faults(text))
    if faults:
        raise Invalid(fields=faults)
    with transaction.atomic():
        row, _ = Retention.objects.select_for_update().get_or_create(
            type_code=text.type_code, defaults={"changed_at": now}
        )
        before = {name: getattr(row, name) for name in TIERS}
        after = {name: getattr(text, name) for name in TIERS}
        for name, days in after.items():
            setattr(row, name, days)
        row.author, row.changed_at = actor.key, now
        row.save()
        facts = {"type": text.type_code, "before": before, "after": after}
        identity.record(actor, action="iot.set_retention", target=f"iot.retention:{row.id}", details=facts)


def _faults(text: RetentionText) -> Iterator[tuple[str, str]]:
    if text.type_code and text.type_code not in device_types():
        yield "type_code", zh("没有这种设备类型")
    for name in TIERS:
        if not 0 <= getattr(text, name) <= LONGEST_DAYS:
            yield name, zh("保留天数应在0到36600之间，0为永久保留")
    if text.hour_days and not 0 < text.raw_days < text.hour_days:
        yield "hour_days", zh("小时汇总的保留期限应长于原始读数")
    if text.day_days and not 0 < text.hour_days <= text.day_days:
        yield "day_days", zh("日汇总的保留期限不得短于小时汇总")
