"""Setting the city's figures of sharing: a new row from a day on."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingParameter
from onecity.platform.exchange.permissions import SUPERVISE_SHARING
from onecity.platform.exchange.selectors.sharing.parameters import KINDS
from onecity.platform.identity.api import record


class ParameterRefused(Invalid):
    """The figure cannot be set so; the fields say why."""

    code = "exchange.parameter_refused"
    message = zh("参数设置不符合要求")


def set_parameter(actor: Actor, *, code: str, value: int, valid_from: date, basis: str, now: datetime) -> None:
    """Add a figure that holds from a day on, today or later; what held before stays on record.

    Raises: NotPermitted; ParameterRefused.
    """
    if not actor.may(SUPERVISE_SHARING):
        raise NotPermitted
    kind = next((one for one in KINDS if one.code == code), None)
    faults: dict[str, str] = {}
    if kind is None:
        faults["code"] = zh("没有这个参数")
    elif not kind.low <= value <= kind.high:
        faults["value"] = zh("参数值超出允许范围")
    if valid_from < city_date(now):
        faults["valid_from"] = zh("生效日期不能早于今天")
    if not basis.strip():
        faults["basis"] = zh("请写明设定依据")
    if faults:
        raise ParameterRefused(fields=faults)
    try:
        with transaction.atomic():
            row = SharingParameter.objects.create(
                code=code, value=value, valid_from=valid_from, basis=basis.strip()[:300]
            )
            record(
                actor,
                action="exchange.set_parameter",
                target=f"exchange.sharingparameter:{row.id}",
                details={"code": code, "value": value, "from": valid_from.isoformat()},
            )
    except IntegrityError:
        raise ParameterRefused(fields={"valid_from": zh("该参数在这一天已有设定")}) from None
