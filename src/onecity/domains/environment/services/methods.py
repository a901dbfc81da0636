"""Methods of making indices: added with the day from which they hold, never changed."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.domains.environment.models import AirMethod
from onecity.domains.environment.permissions import MANAGE_AIR
from onecity.domains.environment.rules.averages import HOURS_OF_DAY, USUAL_VALIDITY
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.methods import METHOD_EDITIONS
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity

_BOUNDS: Final = {
    "hour_minutes": (1, 60),
    "day_hours": (1, HOURS_OF_DAY),
    "eight_hours": (1, 8),
    "ozone_means": (1, 17),
    "city_hour_share": (1, 100),
    "city_day_share": (1, 100),
}


_FIRST: Final = (
    (
        date(1900, 1, 1),
        "HJ 633-2012 (PM 1h)",
        zh("HJ 633-2012、GB 3095-2012、HJ 663-2013；实时报按国家平台发布口径取颗粒物1小时均值"),
    ),
    (date(2026, 3, 1), "HJ 633-2026", zh("HJ 633-2026、GB 3095-2012、HJ 663-2013")),
)


class MethodExists(Conflict):
    """Another method holds from that day on."""

    code = "environment.method_exists"
    message = zh("该起始日期已有评价方法")


@dataclass(frozen=True, slots=True)
class NewMethod:
    """A method as it is entered; the fields are those of `rules.methods.Method`, pollutants by code."""

    valid_from: date
    edition_code: str
    realtime_needs: tuple[str, ...]
    daily_needs: tuple[str, ...]
    hour_minutes: int
    day_hours: int
    eight_hours: int
    ozone_means: int
    city_hour_share: int
    city_day_share: int
    source: str


def enter_first_methods(*, now: datetime) -> None:
    """Enter the methods that hold from the first day, where they are not there: the standard's two editions.

    Real-time reports take whatever pollutants there are, as the national platform does; daily ones need all six.
    Source: HJ 633-2012; HJ 633-2026; GB 3095-2012, table 4; the shares of stations are a house rule.
    """
    usual = {
        "realtime_needs": [],
        "daily_needs": [item.value for item in Pollutant],
        **asdict(USUAL_VALIDITY),
        "city_hour_share": 50,
        "city_day_share": 75,
        "author": system_actor("environment").key,
        "created_at": now,
    }
    for valid_from, edition_code, source in _FIRST:
        AirMethod.objects.get_or_create(
            valid_from=valid_from, defaults={**usual, "edition_code": edition_code, "source": source}
        )


def add_method(actor: Actor, *, new: NewMethod, now: datetime) -> int:
    """Add a method and return its id. What was computed stays until it is computed anew. now: city time.

    Raises: Invalid naming the fields; MethodExists; NotPermitted.
    """
    if not actor.may(MANAGE_AIR):
        raise NotPermitted
    _check(new)
    columns = {name: getattr(new, name) for name in NewMethod.__dataclass_fields__}
    needs = {"realtime_needs": list(new.realtime_needs), "daily_needs": list(new.daily_needs)}
    try:
        with transaction.atomic():
            row = AirMethod.objects.create(**{**columns, **needs}, author=actor.key, created_at=now)
            details = {"valid_from": new.valid_from.isoformat(), "edition": new.edition_code}
            identity.record(
                actor, action="environment.add_method", target=f"environment.airmethod:{row.id}", details=details
            )
    except IntegrityError:
        raise MethodExists(fields={"valid_from": MethodExists.message}) from None
    return row.id


def _check(new: NewMethod) -> None:
    faults: dict[str, str] = {}
    if new.edition_code not in METHOD_EDITIONS:
        faults["edition_code"] = zh("没有这个标准版本")
    for name in ("realtime_needs", "daily_needs"):
        if not set(getattr(new, name)) <= {item.value for item in Pollutant}:
            faults[name] = zh("没有这种污染物")
    for name, (lowest, highest) in _BOUNDS.items():
        if not lowest <= getattr(new, name) <= highest:
            faults[name] = zh("数值超出范围")
    if not new.source.strip():
        faults["source"] = zh("请写明依据")
    if faults:
        raise Invalid(fields=faults)
