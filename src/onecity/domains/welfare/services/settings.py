"""Versions of the city's limits, checking bodies, and which dataset is asked by which grant."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from onecity.domains.welfare.models import CheckingBody, DepartmentSource, PolicyTable
from onecity.domains.welfare.permissions import POLICIES
from onecity.domains.welfare.rules.codes import INCOME_TOPICS
from onecity.domains.welfare.rules.readings import READINGS
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record


class AlreadyPublished(Conflict):
    """A published version is never altered; a new one follows."""

    code = "welfare.policy_published"
    message = zh("该版本已发布，不能修改；请新建版本")


def draft_policy(actor: Actor, *, values: Mapping[str, object], now: datetime) -> PolicyTable:
    """Write a new version as a draft. values: columns of `PolicyTable` without number, period's end and state.

    now: city time. Raises: NotPermitted; Invalid naming the field.
    """
    _may(actor)
    topics = values.get("uncounted", [])
    if not isinstance(topics, list) or any(item not in INCOME_TOPICS for item in topics):
        raise Invalid(fields={"uncounted": zh("没有这个收入项目")})
    with transaction.atomic():
        last = PolicyTable.objects.aggregate(last=Max("number"))["last"] or 0
        try:
            row = PolicyTable.objects.create(number=last + 1, created_by=actor.key, created_at=now, **values)
        except IntegrityError:
            raise Invalid(zh("标准金额应大于零，核算月数至少一个月")) from None
        record(actor, action="welfare.draft_policy", target=f"welfare.policy:{row.number}")
    return row


def publish_policy(actor: Actor, *, number: int, now: datetime) -> None:
    """Publish a draft; the version before it of the same place ends where this one begins.

    Raises: NotPermitted; NotFound; AlreadyPublished; Conflict where a version with a later begin stands.
    """
    _may(actor)
    with transaction.atomic():
        row = PolicyTable.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise NotFound(zh("没有这个版本的救助标准"))
        if row.published_at is not None:
            raise AlreadyPublished
        others = PolicyTable.objects.select_for_update().filter(
            division_code=row.division_code, published_at__isnull=False
        )
        if others.filter(valid_from__gte=row.valid_from).exists():
            raise Conflict(zh("同一区划已有生效日期不早于它的版本"))
        others.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=row.valid_from)).update(valid_to=row.valid_from)
        row.published_at = now
        row.save(update_fields=["published_at"])
        record(actor, action="welfare.publish_policy", target=f"welfare.policy:{number}")


def set_checking_body(actor: Actor, *, division_code: str, organisation_id: int) -> None:
    """Name who checks and decides for a place and all below it. Raises: NotPermitted; NotFound; Invalid."""
    _may(actor)
    if len(division_code) not in {4, 6, 9} or not division_code.isdigit():
        raise Invalid(fields={"division_code": zh("请填写4、6或9位区划代码")})
    body = organisation(organisation_id)
    with transaction.atomic():
        CheckingBody.objects.update_or_create(division_code=division_code, defaults={"organisation_id": body.id})
        record(actor, action="welfare.set_checking_body", target=f"welfare.checking_body:{division_code}")


def set_source(actor: Actor, *, code: str, grant_code: str, is_active: bool = True) -> None:
    """Name the grant by which a dataset is asked. Raises: NotPermitted; NotFound for a dataset that nobody reads."""
    _may(actor)
    reading = READINGS.get(code)
    if reading is None:
        raise NotFound(zh("没有这个核对数据项"))
    with transaction.atomic():
        DepartmentSource.objects.update_or_create(
            code=code,
            defaults={
                "department": reading.department,
                "name": reading.name,
                "grant_code": grant_code,
                "is_active": is_active,
                "order": list(READINGS).index(code),
            },
        )
        record(actor, action="welfare.set_source", target=f"welfare.source:{code}")


def _may(actor: Actor) -> None:
    if not actor.may(POLICIES):
        raise NotPermitted
