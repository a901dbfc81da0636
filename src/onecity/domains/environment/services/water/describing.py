"""What staff tell of sections and of limits."""

from datetime import datetime

from django.db import IntegrityError, transaction

from onecity.domains.environment.contracts import NewWaterLimit, SectionFacts
from onecity.domains.environment.models import WaterLimit, WaterSample, WaterSection
from onecity.domains.environment.permissions import MANAGE_WATER
from onecity.domains.environment.rules.water.items import BODY_NAMES, Item
from onecity.domains.environment.rules.water.limits import ItemLimits, fault_in
from onecity.domains.environment.selectors.water.methods import limits_of
from onecity.domains.environment.services.turns import WATER, take_turn
from onecity.domains.environment.services.water.assessing import reassess
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity


class LimitStands(Conflict):
    """Other limits of the item hold from that day on."""

    code = "environment.limit_stands"
    message = zh("该起始日期已有限值，不能修改；请登记起始日期更晚的一条")


def describe_section(actor: Actor, *, section_id: int, facts: SectionFacts, now: datetime) -> None:
    """Enter what staff tell of a section; another kind of water is judged anew. now: city time.

    Raises: NotPermitted; NotFound; Invalid naming the field.
    """
    if not actor.may(MANAGE_WATER):
        raise NotPermitted
    if facts.body not in BODY_NAMES or not 1 <= facts.target_class <= 5:
        raise Invalid(fields={"body" if facts.body not in BODY_NAMES else "target_class": zh("没有这个选项")})
    with transaction.atomic():
        take_turn(WATER)
        row = WaterSection.objects.select_for_update().filter(id=section_id).first()
        if row is None:
            raise NotFound(zh("没有这个断面"))
        other_water, other_target = row.body != facts.body, row.target_class != facts.target_class
        row.river, row.basin, row.city_name = facts.river, facts.basin, facts.city_name
        row.body, row.target_class = facts.body, facts.target_class
        row.save(update_fields=["river", "basin", "city_name", "body", "target_class"])
        if other_target and row.current_at is not None:
            WaterSample.objects.filter(section=row, measured_at=row.current_at).update(told_at=None)
        if other_water or other_target:
            reassess(row, now=now)
        details = {"body": row.body, "target_class": row.target_class}
        identity.record(
            actor, action="environment.describe_section", target=f"environment.watersection:{row.id}", details=details
        )


def add_water_limit(actor: Actor, *, new: NewWaterLimit, now: datetime) -> int:
    """Add limits of an item that hold from a day of the data on, and return their id. now: city time.

    Direction and unit stay those of the item's first limits. What was judged stays until it is judged anew.
    Raises: NotPermitted; Invalid naming the field; LimitStands.
    """
    if not actor.may(MANAGE_WATER):
        raise NotPermitted
    before = WaterLimit.objects.filter(item_code=new.item_code).order_by("valid_from").first()
    if new.item_code not in set(Item) or before is None:
        raise Invalid(fields={"item_code": zh("没有这个项目")})
    row = WaterLimit(
        item_code=new.item_code,
        direction=before.direction,
        steps=list(new.steps),
        lake=list(new.lake),
        lower=new.lower,
        unit=before.unit,
        edition_code=new.edition_code,
        valid_from=new.valid_from,
        source=new.source,
        author=actor.key,
        created_at=now,
    )
    _check(limits_of(row), source=new.source)
    try:
        with transaction.atomic():
            row.save()
            details = {"item": new.item_code, "valid_from": new.valid_from.isoformat()}
            identity.record(
                actor, action="environment.add_water_limit", target=f"environment.waterlimit:{row.id}", details=details
            )
    except IntegrityError:
        raise LimitStands(fields={"valid_from": LimitStands.message}) from None
    return row.id


def _check(row: ItemLimits, *, source: str) -> None:
    texts = {
        "steps": zh("应为从Ⅰ类到Ⅴ类的五个数，类别越差限值不得越严"),
        "lake": zh("应为从Ⅰ类到Ⅴ类的五个数，或者不填"),
        "lower": zh("只有pH这样有上下限的项目才有下限，且不得大于上限"),
    }
    fault = fault_in(row)
    if fault:
        raise Invalid(fields={fault: texts[fault]})
    if not source.strip():
        raise Invalid(fields={"source": zh("请写明依据")})
