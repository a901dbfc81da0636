"""Steps in the lives of entities, their people and shares: recorded with the day from which they hold, never erased."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeVar

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.identifiers.citizen_id import InvalidCitizenId, parse_citizen_id
from onecity.kernel.identifiers.fault import tidied
from onecity.kernel.masking import masked_identity_number
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, seal_personal
from onecity.platform.identity.contracts import SealedPersonal
from onecity.platform.registers.contracts.entities import NewHolding, NewOfficer, NewStatus
from onecity.platform.registers.contracts.persons import ChangeOutcome, FieldChange
from onecity.platform.registers.models import EntityPerson, EntityStatus, LegalEntity, Shareholding
from onecity.platform.registers.selectors.entities.rows import locked_entity
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.entities.entering import announce, change_entity

OFFICER: Final = "registers.entityperson.number"
HOLDER: Final = "registers.shareholding.number"
WHOLE: Final = Decimal(100)
Part = TypeVar("Part", EntityPerson, Shareholding)


class TooManyShares(Conflict):
    """The shares of an entity would come to more than the whole."""

    code = "registers.too_many_shares"
    message = zh("持股比例合计将达到{total}%，超过100%")


def set_status(actor: Actor, *, entity_id: int, new: NewStatus, now: datetime) -> ChangeOutcome:
    """Record a step in an entity's life, on a ground. now: city time.

    Raises: what `change_entity` raises; Invalid without a ground.
    """
    if not new.ground.strip():
        raise Invalid(fields={"ground": zh("请写明事由")})
    change = FieldChange({"status": new.status}, new.source, since=new.since, note=new.ground.strip())
    with transaction.atomic():
        outcome = change_entity(actor, entity_id=entity_id, change=change, now=now)
        if new.document_number.strip():
            steps = EntityStatus.objects.filter(entity_id=entity_id, status=new.status, since=new.since)
            steps.update(document_number=new.document_number.strip()[:60])
    return outcome


def add_officer(actor: Actor, *, entity_id: int, new: NewOfficer, source: str, now: datetime) -> int:
    """Record somebody who serves an entity; returns the row's id. now: city time.

    Raises: NoSuchEntity; UnknownSource; Invalid for an unknown place, an empty name or a bad number.
    """
    if new.role not in EntityPerson.Role.values:
        raise Invalid(fields={"role": zh("没有这种职务")})
    if not new.name.strip():
        raise Invalid(fields={"name": zh("请填写姓名")})
    number = _sealed(new.number, context=OFFICER)
    found = source_by_code(source)
    with transaction.atomic():
        entity = locked_entity(actor, entity_id)
        row = EntityPerson.objects.create(
            entity=entity,
            role=new.role,
            person=new.person,
            person_name=new.name.strip()[:60],
            id_sealed=number.sealed,
            id_hash=number.hashed,
            id_masked=number.masked,
            since=new.since,
            source_id=found.id,
            known_from=now,
        )
        trace(actor, entity, "add_officer", f"registers.entityperson:{row.id}", now=now)
    return row.id


def add_holding(actor: Actor, *, entity_id: int, new: NewHolding, source: str, now: datetime) -> int:
    """Record a share in an entity; returns the row's id. now: city time.

    Raises: NoSuchEntity; UnknownSource; NotFound for a holding entity that is not in the register; TooManyShares;
    Invalid naming the fields.
    """
    _check_holding(new)
    number = _sealed(new.number, context=HOLDER)
    found = source_by_code(source)
    with transaction.atomic():
        entity = locked_entity(actor, entity_id)
        holder = _holder(new, entity)
        _check_whole(entity, new)
        row = Shareholding.objects.create(
            entity=entity,
            holder_kind=new.holder_kind,
            holder_entity=holder,
            holder_name="" if holder else new.holder_name.strip()[:160],
            person=new.person,
            person_name=new.holder_name.strip()[:60] if new.holder_kind == "person" else "",
            id_sealed=number.sealed,
            id_hash=number.hashed,
            id_masked=number.masked,
            share=new.share,
            subscribed=new.subscribed,
            paid=new.paid,
            currency=new.currency,
            since=new.since,
            source_id=found.id,
            known_from=now,
        )
        trace(actor, entity, "add_holding", f"registers.shareholding:{row.id}", now=now)
    return row.id


def end_officer(actor: Actor, *, officer_id: int, until: date, now: datetime) -> None:
    """Record that somebody serves an entity no longer. Raises: NotFound; NoSuchEntity; Invalid for a bad day."""
    _end(actor, EntityPerson, officer_id, until=until, now=now)


def end_holding(actor: Actor, *, holding_id: int, until: date, now: datetime) -> None:
    """Record that a share was given up. Raises: NotFound; NoSuchEntity; Invalid for a bad day."""
    _end(actor, Shareholding, holding_id, until=until, now=now)


def _end(actor: Actor, table: type[Part], row_id: int, *, until: date, now: datetime) -> None:
    with transaction.atomic():
        row = table._default_manager.select_for_update().filter(id=row_id, until__isnull=True).first()
        if row is None:
            raise NotFound
        entity = locked_entity(actor, row.entity_id)
        check_day(until, since=row.since, now=now)
        row.until, row.known_until = until, now
        row.save(update_fields=["until", "known_until"])
        trace(actor, entity, "end_part", f"registers.{table._meta.model_name}:{row.id}", now=now)


def check_day(day: date, *, since: date | None, now: datetime) -> None:
    """Refuse a day that is to come, or lies before the beginning. Raises: Invalid."""
    if day > city_date(now):
        raise Invalid(fields={"until": zh("日期不能晚于今天")})
    if since is not None and day < since:
        raise Invalid(fields={"until": zh("终止日期早于起始日期")})


def _check_holding(new: NewHolding) -> None:
    faults = {}
    if new.holder_kind not in Shareholding.Holder.values:
        faults["holder_kind"] = zh("没有这种投资人类型")
    if new.share is not None and not 0 <= new.share <= WHOLE:
        faults["share"] = zh("持股比例应在0至100之间")
    if new.holder_kind != "entity" and not new.holder_name.strip():
        faults["holder_name"] = zh("请填写投资人名称")
    if faults:
        raise Invalid(fields=faults)


def _holder(new: NewHolding, entity: LegalEntity) -> LegalEntity | None:
    if new.holder_kind != "entity":
        return None
    holder = LegalEntity.objects.filter(uscc=tidied(new.holder_uscc)).first()
    if holder is None:
        raise NotFound(zh("投资单位不在法人库中"), fields={"holder_uscc": zh("投资单位不在法人库中")})
    if holder.id == entity.id:
        raise Invalid(fields={"holder_uscc": zh("单位不能持有自己的股份")})
    return holder


def _check_whole(entity: LegalEntity, new: NewHolding) -> None:
    if new.share is None:
        return
    held = Shareholding.objects.filter(entity=entity, until__isnull=True, share__isnull=False)
    total = sum((share for share in held.values_list("share", flat=True) if share is not None), new.share)
    if total > WHOLE:
        raise TooManyShares(params={"total": f"{total:f}"}, fields={"share": zh("持股比例合计超过100%")})


def _sealed(number: str, *, context: str) -> SealedPersonal:
    if not number.strip():
        return SealedPersonal(b"", "", "")
    try:
        plain = parse_citizen_id(number).number
    except InvalidCitizenId as refusal:
        raise Invalid(fields={"number": refusal.sentence()}) from None
    return seal_personal(plain, context=context, masked=masked_identity_number(plain))


def trace(actor: Actor, entity: LegalEntity, action: str, target: str, *, now: datetime) -> None:
    """Leave the traces of a change of what belongs to an entity."""
    details = {"entity": entity.id}
    record(actor, action=f"registers.{action}", target=target, details=details)
    announce(entity, change=action, now=now)
