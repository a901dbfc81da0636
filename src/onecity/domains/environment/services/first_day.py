"""What stands from the first day: limits and methods of water, noise and outlets, rows that staff supersede."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

from onecity.domains.environment.models import MonitorMethod, NoiseLimit, NoiseMethod, WaterLimit, WaterMethod
from onecity.domains.environment.rules.noise import areas
from onecity.domains.environment.rules.outlets import means
from onecity.domains.environment.rules.water.gb3838 import EDITION, IN_FORCE, LIMITS
from onecity.domains.environment.rules.water.items import Item
from onecity.kernel.actor import system_actor
from onecity.kernel.text import zh

_WATER_SOURCE: Final = zh("GB 3838-2002；修约位数按国家平台发布结果核定；均值最少次数为平台缺省值")
_NOISE_SOURCE: Final = zh("GB 3096-2008；有效数据要求为平台缺省值，昼夜划分可由县级以上政府另定")
_OUTLET_SOURCE: Final = zh("HJ 212-2017；加权方式、日均值小时数和考核目标为平台缺省值")
_NEEDED: Final = (Item.PH, Item.DO, Item.CODMN, Item.NH3N, Item.TP)
_PLACES: Final = {Item.PH: 0, Item.DO: 1, Item.CODMN: 1, Item.NH3N: 2, Item.TP: 3}
"""Places by which all 6,274 published classes of the test data come out."""


def enter_first_rows(*, now: datetime) -> None:
    """Enter the rows of the first day where there are none of their kind. now: city time."""
    entered = {"author": system_actor("environment").key, "created_at": now}
    _enter_water(entered)
    for limits in areas.FIRST_LIMITS:
        NoiseLimit.objects.get_or_create(
            area_code=limits.area,
            valid_from=limits.valid_from,
            defaults={
                "day_db": limits.day_db,
                "night_db": limits.night_db,
                "edition_code": limits.edition_code,
                "source": limits.edition_code,
                **entered,
            },
        )
    noise, outlets = asdict(areas.FIRST_METHOD), asdict(means.FIRST_METHOD)
    NoiseMethod.objects.get_or_create(
        valid_from=noise.pop("valid_from"), defaults={**noise, "source": _NOISE_SOURCE, **entered}
    )
    MonitorMethod.objects.get_or_create(
        valid_from=outlets.pop("valid_from"), defaults={**outlets, "source": _OUTLET_SOURCE, **entered}
    )


def _enter_water(entered: dict[str, object]) -> None:
    for limits in LIMITS:
        WaterLimit.objects.get_or_create(
            item_code=limits.item,
            valid_from=limits.valid_from,
            defaults={
                "direction": limits.direction,
                "steps": list(limits.steps),
                "lake": list(limits.lake),
                "lower": limits.lower,
                "unit": limits.unit,
                "edition_code": limits.edition_code,
                "source": limits.edition_code,
                **entered,
            },
        )
    WaterMethod.objects.get_or_create(
        valid_from=IN_FORCE,
        defaults={
            "edition_code": EDITION,
            "needed": [item.value for item in _NEEDED],
            "not_judged": [Item.TN.value, Item.COLIFORM.value],
            "decimals": [f"{item.value}:{number}" for item, number in _PLACES.items()],
            "half_even": True,
            "most_main": 3,
            "day_samples": 1,
            "month_samples": 2,
            "hydrogen_mean": False,
            "source": _WATER_SOURCE,
            **entered,
        },
    )
