"""Setting who answers for what."""

from django.db import transaction

from onecity.domains.urban_management.models import AlarmClass, Centre, Duty
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.rules.classes import parse_class
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record


def set_centre(actor: Actor, *, division_code: str, organisation_id: int) -> None:
    """Let an organisation own the cases of a division (2 to 15 digits); setting it again changes it.

    Raises: NotPermitted; Invalid; NotFound for an unknown organisation.
    """
    _check(actor)
    if not (2 <= len(division_code) <= 15 and division_code.isascii() and division_code.isdigit()):
        raise Invalid(fields={"division_code": zh("区划代码应为2至15位数字")})
    with transaction.atomic():
        owner = organisation(organisation_id).id
        Centre.objects.update_or_create(division_code=division_code, defaults={"organisation_id": owner})
        details = {"division": division_code, "organisation": owner}
        record(actor, action="urban_management.set_centre", details=details)


def assign_duty(actor: Actor, *, class_code: str, organisation_id: int, division_code: str = "") -> None:
    """Let a department handle a class (a whole big class, a small one or one condition), everywhere or in a division.

    Raises: NotPermitted; Invalid; NotFound for an unknown organisation.
    """
    _check(actor)
    _check_class(class_code)
    if division_code and not (len(division_code) <= 15 and division_code.isascii() and division_code.isdigit()):
        raise Invalid(fields={"division_code": zh("区划代码应为2至15位数字")})
    with transaction.atomic():
        handler = organisation(organisation_id).id
        Duty.objects.update_or_create(
            class_code=class_code, division_code=division_code, defaults={"organisation_id": handler}
        )
        details = {"class": class_code, "division": division_code, "organisation": handler}
        record(actor, action="urban_management.assign_duty", details=details)


def remove_duty(actor: Actor, *, duty_id: int) -> None:
    """Take a duty away; removing it again changes nothing.

    Raises: NotPermitted.
    """
    _check(actor)
    with transaction.atomic():
        row = Duty.objects.select_for_update().filter(id=duty_id).first()
        if row is None:
            return
        details = {"class": row.class_code, "division": row.division_code, "organisation": row.organisation_id}
        row.delete()
        record(actor, action="urban_management.remove_duty", details=details)


def set_alarm_class(
    actor: Actor,
    *,
    class_code: str,
    device_type: str = "",
    rule_code: str = "",
    property_code: str = "",
    urgency: int = 0,
    is_active: bool = True,
) -> None:
    """File alarms of a device type, a rule or a property under a class; setting it again changes it.

    Raises: NotPermitted; Invalid if cases cannot be filed under the class.
    """
    _check(actor)
    _check_class(class_code, filing=True)
    with transaction.atomic():
        values = {"class_code": class_code, "urgency": urgency, "is_active": is_active}
        names = {"device_type": device_type, "rule_code": rule_code, "property_code": property_code}
        row = AlarmClass.objects.select_for_update().filter(**names).first() or AlarmClass(**names)
        row.class_code, row.urgency, row.is_active = class_code, urgency, is_active
        row.save()
        record(actor, action="urban_management.set_alarm_class", details={**names, **values})


def _check(actor: Actor) -> None:
    if not actor.may(CONFIGURE):
        raise NotPermitted


def _check_class(code: str, *, filing: bool = False) -> None:
    try:
        parsed = parse_class(code)
    except ValueError:
        raise Invalid(fields={"class_code": zh("类别编码应写成 E0304-1 的形式")}) from None
    if filing and not parsed.files_cases:
        raise Invalid(fields={"class_code": zh("请选到立案条件一级")})
