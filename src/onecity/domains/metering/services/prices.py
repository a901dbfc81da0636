"""Editions of prices: drafted, published, never altered."""

from datetime import datetime

from django.db import IntegrityError, transaction

from onecity.domains.metering.contracts import NewTariff
from onecity.domains.metering.models import Tariff, TariffFee, TariffTier
from onecity.domains.metering.permissions import PRICES
from onecity.domains.metering.rules.codes import SUPPLY_NAMES
from onecity.domains.metering.rules.prices import Tier, fault_in
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity


class TariffStands(Conflict):
    """Another published edition holds from that day on."""

    code = "metering.tariff_stands"
    message = zh("该类别在这一天已有发布的价格版本")


class TariffPublished(Conflict):
    """A published edition is never altered."""

    code = "metering.tariff_published"
    message = zh("该版本已发布，不能再改；请登记新版本")


def draft_tariff(actor: Actor, *, new: NewTariff, now: datetime) -> int:
    """Write an edition as a draft and return its id. now: city time. Raises: NotPermitted; Invalid naming the field."""
    _may(actor)
    faults: dict[str, str] = {}
    if new.supply not in SUPPLY_NAMES:
        faults["supply"] = zh("没有这个计量种类")
    if not new.category.strip():
        faults["category"] = zh("请填写用户类别")
    if not new.source.strip():
        faults["source"] = zh("请写明文件依据")
    fault = fault_in([Tier(bound, price) for bound, price in new.tiers])
    if fault:
        faults["tiers"] = fault
    if faults:
        raise Invalid(fields=faults)
    with transaction.atomic():
        row = Tariff.objects.create(
            supply=new.supply,
            category=new.category.strip(),
            valid_from=new.valid_from,
            accumulates=Tariff.Accumulates.YEAR if new.by_year else Tariff.Accumulates.MONTH,
            persons_from=new.persons_from,
            per_person=new.per_person,
            source=new.source,
            author=actor.key,
            created_at=now,
        )
        TariffTier.objects.bulk_create(
            TariffTier(tariff=row, number=number, up_to=bound, price=price)
            for number, (bound, price) in enumerate(new.tiers, start=1)
        )
        TariffFee.objects.bulk_create(TariffFee(tariff=row, name=name, price=price) for name, price in new.fees)
        identity.record(actor, action="metering.draft_tariff", target=f"metering.tariff:{row.id}")
    return row.id


def publish_tariff(actor: Actor, *, tariff_id: int, now: datetime) -> None:
    """Publish a draft: from its first day on months are billed by it. now: city time.

    Raises: NotPermitted; NotFound; TariffPublished; TariffStands.
    """
    _may(actor)
    try:
        with transaction.atomic():
            row = Tariff.objects.select_for_update().filter(id=tariff_id).first()
            if row is None:
                raise NotFound(zh("没有这个价格版本"))
            if row.published_at is not None:
                raise TariffPublished
            row.published_at = now
            row.save(update_fields=["published_at"])
            identity.record(actor, action="metering.publish_tariff", target=f"metering.tariff:{row.id}")
    except IntegrityError:
        raise TariffStands from None


def _may(actor: Actor) -> None:
    if not actor.may(PRICES):
        raise NotPermitted
