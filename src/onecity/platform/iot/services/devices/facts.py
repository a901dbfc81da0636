"""What is asked of a device's description, and who may give it."""

from collections.abc import Mapping
from typing import Final

from django.contrib.gis.geos import Point

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models.devices import SRID
from onecity.platform.iot.permissions import MANAGE_DEVICES

_DIGITS: Final = frozenset({0, 6, 9, 12, 15})
LONGEST_ADDRESS: Final = 160


class OutsideScope(NotPermitted):
    """The organisation or the place is not the actor's to manage."""

    code = "iot.outside_scope"
    message = zh("该机构或网格不在您的权限范围内")


def description_faults(
    *, name: str, division_code: str, place: tuple[float, float] | None, address: str, scales: Mapping[str, float]
) -> dict[str, str]:
    """Return what is wrong with a description, by field."""
    checks = (
        ("name", 1 <= len(name.strip()) <= 80, zh("设备名称应为1至80个字")),
        ("division_code", is_division(division_code), zh("网格或区划代码应为6、9、12或15位数字")),
        ("place", place is None or (-180 <= place[0] <= 180 and -90 <= place[1] <= 90), zh("经纬度超出范围")),
        ("address", len(address) <= LONGEST_ADDRESS, zh("安装地址不超过160个字")),
        ("scales", all(_is_scale(scale) for scale in scales.values()), zh("换算系数应大于零")),
    )
    return {field: text for field, holds, text in checks if not holds}


def is_division(code: str) -> bool:
    """Say whether a code may stand for a division or a grid cell; none at all may.

    Source: House rule: the lengths of divisions (6, 9, 12) and of unit grids (15) that `geo` keeps.
    """
    return len(code) in _DIGITS and (not code or (code.isascii() and code.isdigit()))


def check_scope(actor: Actor, *, organisation_id: int, division_code: str) -> None:
    """Let the actor manage devices of an organisation at a place.

    Raises: OutsideScope.
    """
    held = actor.scopes(MANAGE_DEVICES)
    if EVERYTHING in held:
        return  # without asking where the organisation stands, which lists of many lines would do over and over
    if not held & {*identity.row_keys(organisation_id=organisation_id, division_code=division_code)}:
        raise OutsideScope


def point(place: tuple[float, float] | None) -> Point | None:
    """Return a place as the database takes it."""
    return Point(place[0], place[1], srid=SRID) if place else None


def _is_scale(scale: object) -> bool:
    return isinstance(scale, int | float) and 0 < scale < float("inf")
