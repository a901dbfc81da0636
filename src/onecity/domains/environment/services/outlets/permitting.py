"""What permits allow, and reported standstills."""

from datetime import datetime

from django.db import IntegrityError, transaction

from onecity.domains.environment.contracts import NewLimit, NewStandstill
from onecity.domains.environment.models import Outlet, OutletHour, PermitLimit, Standstill
from onecity.domains.environment.permissions import MANAGE_OUTLETS
from onecity.domains.environment.rules.outlets.factors import Factor
from onecity.domains.environment.rules.outlets.judging import Basis, Span
from onecity.domains.environment.services.outlets.assessing import compute_since
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity


class LimitKnown(Conflict):
    """Another limit of the factor holds from that day on."""

    code = "environment.permit_limit_known"
    message = zh("该因子在这一天已有限值，不能修改；请登记生效日期更晚的一条")


def set_limit(actor: Actor, *, new: NewLimit, now: datetime) -> int:
    """Enter what the permit allows of a factor from a day on; what was measured since is judged anew. now: city time.

    Raises: NotPermitted; NotFound; Invalid naming the field; LimitKnown.
    """
    outlet = _outlet(actor, new.outlet_id)
    _check_limit(new, outlet)
    try:
        with transaction.atomic():
            row = PermitLimit.objects.create(
                outlet=outlet,
                factor=new.factor,
                span=new.span,
                basis=new.basis,
                upper=new.upper,
                lower=new.lower,
                valid_from=new.valid_from,
                source=new.source,
                author=actor.key,
                created_at=now,
            )
            details = {"factor": new.factor, "upper": str(new.upper), "valid_from": new.valid_from.isoformat()}
            identity.record(
                actor, action="environment.set_limit", target=f"environment.permitlimit:{row.id}", details=details
            )
            _compute_stored(outlet, now=now)
    except IntegrityError:
        raise LimitKnown(fields={"valid_from": LimitKnown.message}) from None
    return row.id


def report_standstill(actor: Actor, *, new: NewStandstill, now: datetime) -> int:
    """Enter a reported standstill; what was measured in it is judged anew. now: city time.

    Raises: NotPermitted; NotFound; Invalid naming the field.
    """
    outlet = _outlet(actor, new.outlet_id)
    if new.reason not in Standstill.Reason.values:
        raise Invalid(fields={"reason": zh("没有这个选项")})
    if new.ends_at <= new.begins_at:
        raise Invalid(fields={"ends_at": zh("结束时间应晚于开始时间")})
    with transaction.atomic():
        row = Standstill.objects.create(
            outlet=outlet,
            begins_at=new.begins_at,
            ends_at=new.ends_at,
            reason=new.reason,
            note=new.note,
            author=actor.key,
            created_at=now,
        )
        details = {"begins_at": new.begins_at.isoformat(), "ends_at": new.ends_at.isoformat(), "reason": new.reason}
        identity.record(
            actor, action="environment.report_standstill", target=f"environment.standstill:{row.id}", details=details
        )
        _compute_stored(outlet, now=now)
    return row.id


def _check_limit(new: NewLimit, outlet: Outlet) -> None:
    faults: dict[str, str] = {}
    if new.factor not in outlet.factors:
        faults["factor"] = zh("该排口不监测这个因子")
    if new.span not in set(Span) or new.basis not in set(Basis):
        faults["span"] = zh("没有这个选项")
    if new.upper is not None and new.upper < 0:
        faults["upper"] = zh("限值不能为负数")
    if new.lower is not None and (new.factor != Factor.PH or new.upper is None or new.lower > new.upper):
        faults["lower"] = zh("只有pH有下限，且不得大于上限")
    if not new.source.strip():
        faults["source"] = zh("请写明依据")
    if faults:
        raise Invalid(fields=faults)


def _compute_stored(outlet: Outlet, *, now: datetime) -> None:
    first = OutletHour.objects.filter(outlet=outlet).order_by("begins_at").values_list("begins_at", flat=True).first()
    compute_since(outlet, since=first or now, now=now)


def _outlet(actor: Actor, outlet_id: int) -> Outlet:
    if not actor.may(MANAGE_OUTLETS):
        raise NotPermitted
    row = Outlet.objects.filter(identity.row_scope(actor, MANAGE_OUTLETS).q(), id=outlet_id).first()
    if row is None:
        raise NotFound(zh("没有这个排口"))
    return row
