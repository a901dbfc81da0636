"""From alarms and linkage rules to cases: one for each alarm or firing; a line in it when the alarm is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onecity.domains.urban_management.models import AlarmCase
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.domains.urban_management.selectors.settings import centre_of, class_of_alarm
from onecity.domains.urban_management.sources import SENSOR
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases.api import add_note, open_case
from onecity.platform.cases.contracts import NewCase, OpenedCase
from onecity.platform.geo.api import OutsideCity, city, locate
from onecity.platform.geo.contracts import GridInfo

Payload = Mapping[str, object]
_SENSOR = system_actor("urban_management.sensor")
OUTSIDE_GRID = zh("该监测点不在任何单元网格内，已按所在区划立案，请受理时核对责任网格。")


@dataclass(frozen=True, slots=True)
class AlarmPlace:
    """Where an alarm's case lies. note: what the acceptor should know of it; empty for nothing."""

    division_code: str
    address: str
    note: str


def open_alarm_case(payload: Payload, *, now: datetime) -> OpenedCase | None:
    """Open the case of an alarm; the same alarm told again finds the case that it opened.

    payload: of `iot.alarm_raised`. now: city time. None where neither the alarm nor the city says whose it is.
    """
    new = _new_case(payload, rule_code=str(payload["rule_code"]), origin=f"iot.alarm:{payload['alarm_id']}")
    if new is None:
        return None
    with transaction.atomic():
        opened = open_case(_SENSOR, new=new, now=now)
        row, _ = AlarmCase.objects.select_for_update().get_or_create(alarm_id=_whole(payload["alarm_id"]))
        row.case_id = opened.id
        row.save(update_fields=["case"])
        _note_end(row, now=now)
    return opened


def open_wanted_case(payload: Payload, *, now: datetime) -> OpenedCase | None:
    """Open the case that a linkage rule asks for; the same firing told again finds the case that it opened.

    payload: of `iot.case_wanted`. now: city time. None where neither the device nor the city says whose it is.
    """
    rule_code, origin = f"linkage.r{payload['rule_id']}", f"iot.linkagefiring:{payload['firing_id']}"
    new = _new_case(payload, rule_code=rule_code, origin=origin)
    return open_case(_SENSOR, new=new, now=now) if new else None


def note_alarm_over(payload: Payload, *, now: datetime) -> None:
    """Note in an alarm's case that the alarm is over, once. payload: of `iot.alarm_cleared`. now: city time."""
    with transaction.atomic():
        row, _ = AlarmCase.objects.select_for_update().get_or_create(alarm_id=_whole(payload["alarm_id"]))
        row.cleared_at = row.cleared_at or datetime.fromisoformat(str(payload["at"]))
        row.save(update_fields=["cleared_at"])
        _note_end(row, now=now)


def _note_end(row: AlarmCase, *, now: datetime) -> None:
    if row.noted or row.cleared_at is None or row.case_id is None:
        return
    row.noted = True
    row.save(update_fields=["noted"])
    try:
        with transaction.atomic():
            add_note(_SENSOR, case_id=row.case_id, text=zh("告警已解除，请核实现场情况后继续办理。"), now=now)
    except Conflict:  # merged into another case, whose people need no second line
        return


def _new_case(payload: Payload, *, rule_code: str, origin: str) -> NewCase | None:
    """Return the case of what a device found; None where neither it nor the city says whose it is."""
    place = _place(payload)
    owner = centre_of(place.division_code) or _optional(payload["organisation_id"])
    if owner is None or not place.division_code:
        return None
    class_code, urgency = class_of_alarm(
        device_type=str(payload["device_type"]), rule_code=rule_code, property_code=str(payload["property_code"])
    )
    return NewCase(
        type_code=TYPE_CODE,
        title=_title(payload)[:120],
        organisation_id=owner,
        description="\n".join(part for part in (_words(payload), place.note) if part),
        class_code=class_code,
        source_code=SENSOR,
        urgency=urgency,
        division_code=place.division_code,
        location=_location(payload),
        address=place.address,
        origin=origin,
    )


def _place(payload: Payload) -> AlarmPlace:
    given, location = str(payload["division_code"] or ""), _location(payload)
    if location is None:
        return AlarmPlace(given or _city_division(), "", OUTSIDE_GRID)
    try:
        found = locate(longitude=location[0], latitude=location[1])
    except OutsideCity:
        return AlarmPlace(given or _city_division(), "", OUTSIDE_GRID)
    note = "" if isinstance(found, GridInfo) else OUTSIDE_GRID
    return AlarmPlace(found.code, found.full_name, note)


def _city_division() -> str:
    here = city()
    return here.division_code if here else ""


def _location(payload: Payload) -> tuple[float, float] | None:
    longitude, latitude = payload["longitude"], payload["latitude"]
    if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
        return None
    return float(longitude), float(latitude)


def _title(payload: Payload) -> str:
    """Return the alarm's own sentence, with the device's name before it when the sentence does not begin with it."""
    name, text = str(payload["device_name"] or payload["device_key"]), str(payload["text"])
    return text if text.startswith(name) else f"{name}：{text}"


def _words(payload: Payload) -> str:
    return f"{payload['text']}\n{payload['device_name']}（{payload['device_key']}）"


def _whole(value: object) -> int:
    return int(str(value))


def _optional(value: object) -> int | None:
    return None if value is None else _whole(value)
