"""Licences of entities, their yearly reports, and the list of abnormal operations."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.entities import NewLicence
from onecity.platform.registers.models import AbnormalListing, AnnualReport, EntityLicence
from onecity.platform.registers.selectors.entities.rows import locked_entity
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.entities.parts import check_day, trace


class LicenceKnown(Conflict):
    """The issuer has given this number already."""

    code = "registers.licence_known"
    message = zh("该许可机关的这一许可编号已登记")


def add_licence(actor: Actor, *, entity_id: int, new: NewLicence, source: str, now: datetime) -> int:
    """Record a licence; returns the row's id. now: city time.

    Raises: NoSuchEntity; UnknownSource; LicenceKnown; Invalid naming the fields.
    """
    empty = [name for name in ("name", "number", "issuer") if not getattr(new, name).strip()]
    faults = {name: zh("该项不能为空") for name in empty}
    if new.since and new.until and new.until < new.since:
        faults["until"] = zh("终止日期早于起始日期")
    if faults:
        raise Invalid(fields=faults)
    found = source_by_code(source)
    with transaction.atomic():
        entity = locked_entity(actor, entity_id)
        row = EntityLicence(
            entity=entity,
            name=new.name.strip()[:120],
            number=new.number.strip()[:80],
            issuer=new.issuer.strip()[:120],
            content=new.content.strip()[:300],
            since=new.since,
            until=new.until,
            source_id=found.id,
            known_from=now,
        )
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise LicenceKnown(fields={"number": LicenceKnown.message}) from None
        trace(actor, entity, "add_licence", f"registers.entitylicence:{row.id}", now=now)
    return row.id


def revoke_licence(actor: Actor, *, licence_id: int, on: date, now: datetime) -> None:
    """Record that a licence was revoked or given back. Raises: NotFound; NoSuchEntity; Conflict if it was already."""
    with transaction.atomic():
        row = EntityLicence.objects.select_for_update().filter(id=licence_id).first()
        if row is None:
            raise NotFound
        entity = locked_entity(actor, row.entity_id)
        if row.revoked_on is not None:
            raise Conflict(zh("该许可已经撤销或注销"))
        check_day(on, since=row.since, now=now)
        row.revoked_on = on
        row.save(update_fields=["revoked_on"])
        trace(actor, entity, "revoke_licence", f"registers.entitylicence:{row.id}", now=now)


def report_year(
    actor: Actor, *, entity_id: int, year: int, on: date, employees: int | None, source: str, now: datetime
) -> None:
    """Record that an entity gave its report for a year; a later report for the same year replaces the figures.

    Raises: NoSuchEntity; UnknownSource; Invalid for a year that is not over.
    """
    if year >= city_date(now).year or on.year <= year:
        raise Invalid(fields={"year": zh("报告年度应早于报送日期所在年份")})
    found = source_by_code(source)
    with transaction.atomic():
        entity = locked_entity(actor, entity_id)
        AnnualReport.objects.update_or_create(
            entity=entity,
            year=year,
            defaults={"reported_on": on, "employees": employees, "source_id": found.id, "known_from": now},
        )
        trace(actor, entity, "report_year", f"registers.legalentity:{entity.id}", now=now)


def list_abnormal(
    actor: Actor, *, entity_id: int, since: date, ground: str, decided_by: str, source: str, now: datetime
) -> int:
    """Record that an entity was put on the list of abnormal operations; returns the row's id.

    Raises: NoSuchEntity; UnknownSource; Invalid without a ground, or for a bad day.
    """
    if not ground.strip() or not decided_by.strip():
        raise Invalid(fields={"ground": zh("请写明列入原因和作出决定机关")})
    check_day(since, since=None, now=now)
    found = source_by_code(source)
    with transaction.atomic():
        entity = locked_entity(actor, entity_id)
        row = AbnormalListing.objects.create(
            entity=entity,
            since=since,
            ground=ground.strip()[:200],
            decided_by=decided_by.strip()[:120],
            source_id=found.id,
            known_from=now,
        )
        trace(actor, entity, "list_abnormal", f"registers.abnormallisting:{row.id}", now=now)
    return row.id
