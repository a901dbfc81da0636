"""Entering enterprises and their outlets."""

from datetime import datetime

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from onecity.domains.environment.contracts import NewEnterprise, NewOutlet
from onecity.domains.environment.models import Enterprise, Outlet
from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.permissions import MANAGE_OUTLETS
from onecity.domains.environment.rules.outlets.codes import TYPES
from onecity.domains.environment.rules.outlets.factors import FACTORS_OF
from onecity.domains.environment.services.outlets.assessing import compute_since
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.identifiers.credit_code import parse_credit_code
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot import api as iot
from onecity.platform.registers import api as registers


class EnterpriseKnown(Conflict):
    """An enterprise with this credit code is entered already."""

    code = "environment.enterprise_known"
    message = zh("该统一社会信用代码的企业已登记")


class OutletKnown(Conflict):
    """The device or the outlet's number is taken."""

    code = "environment.outlet_known"
    message = zh("该数采仪或排口编号已登记")


def register_enterprise(actor: Actor, *, new: NewEnterprise, now: datetime) -> int:
    """Enter an enterprise and return its id. Name, address and division come from the register of legal entities.

    now: city time.
    Raises: NotPermitted; Invalid naming the field, also where neither the register nor `new` gives a name;
    EnterpriseKnown.
    """
    _may(actor)
    try:
        uscc = parse_credit_code(new.uscc).value
    except InvalidIdentifier as error:
        raise Invalid(fields={"uscc": error.sentence(error.template)}) from None
    entity = registers.find_entity(actor, uscc=uscc, reason="pollution source")
    name = entity.name if entity else new.name.strip()
    if not name:
        raise Invalid(fields={"name": zh("法人库中没有这个代码，请填写企业名称")})
    try:
        with transaction.atomic():
            row = Enterprise.objects.create(
                uscc=uscc,
                name=name[:120],
                address=(entity.address if entity else new.address)[:160],
                permit_number=new.permit_number,
                is_key=new.is_key,
                contact=new.contact,
                organisation_id=new.organisation_id,
                division_code=new.division_code or (entity.division_code if entity else ""),
                created_at=now,
            )
            identity.record(actor, action="environment.register_enterprise", target=f"environment.enterprise:{row.id}")
    except IntegrityError:
        raise EnterpriseKnown(fields={"uscc": EnterpriseKnown.message}) from None
    return row.id


def register_outlet(actor: Actor, *, new: NewOutlet, now: datetime) -> int:
    """Enter an outlet with its data logger and return its id; what the logger sent already is computed. now: city time.

    Raises: NotPermitted; NotFound for an enterprise out of reach; Invalid naming the field; OutletKnown.
    """
    _may(actor)
    scope = identity.row_scope(actor, MANAGE_OUTLETS)
    enterprise = Enterprise.objects.filter(scope.q(), id=new.enterprise_id).first()
    if enterprise is None:
        raise NotFound(zh("没有这家企业"))
    try:
        device = iot.device_by_key(actor, new.device_key)
    except NotFound:
        raise Invalid(fields={"device_key": zh("设备中没有这台数采仪")}) from None
    kind = TYPES.get(device.type_code)
    if kind is None:
        raise Invalid(fields={"device_key": zh("该设备不是废水或废气排口的数采仪")})
    allowed = {factor.value for factor in FACTORS_OF[kind]}
    if not new.factors or not set(new.factors) <= allowed:
        raise Invalid(fields={"factors": zh("监测因子与排口类型不符")})
    place = None
    if device.longitude is not None and device.latitude is not None:
        place = Point(device.longitude, device.latitude, srid=SRID)
    try:
        with transaction.atomic():
            row = Outlet.objects.create(
                enterprise=enterprise,
                device_id=device.id,
                key=device.key,
                code=new.code.strip(),
                name=new.name.strip(),
                kind=kind,
                factors=[factor.value for factor in FACTORS_OF[kind] if factor.value in new.factors],
                begun_at=new.begun_at,
                organisation_id=enterprise.organisation_id,
                division_code=device.division_code or enterprise.division_code,
                location=place,
                created_at=now,
            )
            identity.record(actor, action="environment.register_outlet", target=f"environment.outlet:{row.id}")
            compute_since(row, since=new.begun_at, now=now)
    except IntegrityError:
        raise OutletKnown(fields={"code": OutletKnown.message}) from None
    return row.id


def _may(actor: Actor) -> None:
    if not actor.may(MANAGE_OUTLETS):
        raise NotPermitted
