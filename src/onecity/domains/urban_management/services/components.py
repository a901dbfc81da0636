"""Registering components: one by one, from a file with a quarantine, and linking them to cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.urban_management.codecs import rows_of
from onecity.domains.urban_management.models import CaseComponent, Component, ComponentFault, ComponentSerial
from onecity.domains.urban_management.permissions import CASES_VIEW, CONFIGURE, REPORT
from onecity.domains.urban_management.rules.components import ComponentLine, line_of, made_code, named
from onecity.domains.urban_management.rules.walking import ground_distance
from onecity.domains.urban_management.selectors.classes import shown_name
from onecity.domains.urban_management.selectors.components import component, fault
from onecity.domains.urban_management.selectors.settings import centre_of
from onecity.domains.urban_management.services.reporting import NoCentre
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotPermitted, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.api import case
from onecity.platform.geo.api import OutsideCity, locate
from onecity.platform.identity.api import record

MOST_LINES: Final = 20_000
SAME_M: Final = 1.0
"""A surveyed line without identifier this near a component of its class is that component. House rule."""
_NEAR_DEGREES: Final = 0.00002


class ClassDiffers(Conflict):
    """The identifier belongs to a component of another division."""

    code = "component_division_differs"
    message = zh("标识码前6位与位置所在区县不一致")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. faults: lines that went into the quarantine."""

    made: int
    changed: int
    faults: int


def register_component(actor: Actor, *, line: ComponentLine, now: datetime) -> tuple[Component, bool]:
    """Register a component, or change the one with its identifier or at its place; the second value says if it is new.

    Raises: NotPermitted; Invalid; ClassDiffers; OutsideCity; NoCentre.
    """
    if not (actor.may(REPORT) or actor.may(CONFIGURE)):
        raise NotPermitted
    place = locate(longitude=line.longitude, latitude=line.latitude)
    centre = centre_of(place.code)
    if centre is None:
        raise NoCentre
    name = shown_name(line.class_code)
    if name == line.class_code:
        raise Invalid(fields={"class_code": zh("没有这个部件类别")})
    with transaction.atomic():
        serial, _ = ComponentSerial.objects.get_or_create(prefix=f"{place.code[:6]}{line.class_code[1:5]}")
        serial = ComponentSerial.objects.select_for_update().get(prefix=serial.prefix)
        row = _known(line)
        made = row is None
        if row is None:
            row = Component(code=_new_code(line, serial), created_at=now)
        if not row.code.startswith(serial.prefix):
            raise ClassDiffers
        serial.last = max(serial.last, int(row.code[10:]))
        serial.save(update_fields=["last"])
        _fill(row, line, name=name, now=now)
        row.division_code, row.organisation_id = place.code, centre
        row.save()
        record(actor, action="urban_management.register_component", target=f"urban_management.component:{row.id}")
    return row, made


def import_components(actor: Actor, *, body: bytes, file_name: str, organisation_id: int, now: datetime) -> Imported:
    """Take a survey's file in, line by line; what cannot be taken in waits in the quarantine with its reason.

    The same file again changes nothing new. organisation_id: the centre that mends the faults.
    Raises: NotPermitted; FileUnreadable; Invalid for too many lines.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    rows = list(rows_of(body, name=file_name))
    if len(rows) > MOST_LINES:
        raise Invalid(zh("一个文件至多20000行，请分开导入"))
    counts = {"made": 0, "changed": 0, "faults": 0}
    for number, row in rows:
        values = named(row)
        try:
            with transaction.atomic():
                _, made = register_component(actor, line=line_of(values), now=now)
            counts["made" if made else "changed"] += 1
        except (Invalid, Conflict, OutsideCity, NoCentre) as refusal:
            counts["faults"] += 1
            ComponentFault.objects.update_or_create(
                organisation_id=organisation_id,
                file_name=file_name[-120:],
                line=number,
                defaults={"values": values, "reason": _sentence(refusal), "created_at": now},
            )
    record(actor, action="urban_management.import_components", details={"file": file_name[-120:], **counts})
    return Imported(**counts)


def mend_fault(actor: Actor, *, fault_id: int, values: Mapping[str, str], now: datetime) -> Component:
    """Take a line of the quarantine in with other values, and take it out of the quarantine.

    Raises: NotPermitted; NotFound; what `register_component` raises: then it stays.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    with transaction.atomic():
        row = fault(actor, fault_id, lock=True)
        made, _ = register_component(actor, line=line_of({**row.values, **values}), now=now)
        row.delete()
    return made


def drop_fault(actor: Actor, *, fault_id: int) -> None:
    """Take a line out of the quarantine without taking it in; what it was stays in the audit trail.

    Raises: NotPermitted; NotFound.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    with transaction.atomic():
        row = fault(actor, fault_id, lock=True)
        details = {"file": row.file_name, "line": row.line, "values": row.values}
        record(actor, action="urban_management.drop_component_fault", details=details)
        row.delete()


def link_component(actor: Actor, *, number: str, code: str, now: datetime) -> None:
    """Say which component a case is about; saying it again changes it.

    Raises: NotPermitted; NotFound for a case or a component that the actor may not see.
    """
    if not actor.may(CASES_VIEW):
        raise NotPermitted
    found, row = case(actor, number, now=now), component(actor, code)
    with transaction.atomic():
        facts = {"component_id": row.id, "linked_at": now, "linked_by": actor.key}
        CaseComponent.objects.update_or_create(case_id=found.row.id, defaults=facts)
        target = f"cases.case:{found.row.id}"
        record(actor, action="urban_management.link_component", target=target, details={"component": row.code})


def _known(line: ComponentLine) -> Component | None:
    if line.code:
        return Component.objects.select_for_update().filter(code=line.code).first()
    near = Component.objects.select_for_update().filter(
        class_code=line.class_code,
        longitude__range=(line.longitude - _NEAR_DEGREES, line.longitude + _NEAR_DEGREES),
        latitude__range=(line.latitude - _NEAR_DEGREES, line.latitude + _NEAR_DEGREES),
    )
    here = (line.longitude, line.latitude)
    return next((row for row in near if ground_distance(here, (row.longitude, row.latitude)) <= SAME_M), None)


def _new_code(line: ComponentLine, serial: ComponentSerial) -> str:
    return line.code or made_code(serial.prefix, class_code=line.class_code, serial=serial.last + 1)


def _fill(row: Component, line: ComponentLine, *, name: str, now: datetime) -> None:
    """Write what the line says; what it leaves empty stays as it was."""
    row.class_code, row.name = line.class_code, line.name or row.name or name
    row.state = line.state or row.state
    row.longitude, row.latitude = line.longitude, line.latitude
    row.authority, row.owner = line.authority or row.authority, line.owner or row.owner
    row.keeper, row.source = line.keeper or row.keeper, line.source or row.source
    row.note, row.changed_at = line.note or row.note, now
    row.surveyed_date = line.surveyed or city_date(now)


def _sentence(refusal: OneCityError) -> str:
    return ("；".join(refusal.fields.values()) or refusal.sentence())[:300]
