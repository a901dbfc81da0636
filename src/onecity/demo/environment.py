"""Sections, areas, enterprises with their permits, and a past for the simulated stations, so that pages have one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from onecity.demo.simulators.surroundings import (
    AREAS,
    FOOD,
    HEAT,
    QUARTERS,
    RESERVOIR,
    RIVER_DOWN,
    RIVER_UP,
    SEWAGE,
    SOURCES,
)
from onecity.demo.simulators.surroundings_host import measured
from onecity.domains.environment import api as environment
from onecity.domains.environment.contracts import NewEnterprise, NewLimit, NewOutlet, SectionFacts
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.identifiers import credit_code, organisation_code
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue, DeviceInfo
from onecity.platform.iot.declare import Period
from onecity.platform.registers import api as registers
from onecity.platform.registers.contracts.entities import NewEntity

PAST: Final = timedelta(days=12)
_HOUR: Final = timedelta(hours=1)
_TYPES: Final = (
    "environment.water_station",
    "environment.waste_water_outlet",
    "environment.waste_gas_outlet",
    "environment.noise_station",
)
_WIRES: Final = {
    "w01009": "do", "w01019": "codmn", "w01010": "water_temperature", "w01014": "conductivity", "w01003": "turbidity",
    "w01001": "ph", "w01018": "cod", "w21003": "nh3n", "w21011": "tp", "w21001": "tn", "w00000": "flow",
    "a00000": "flow", "a21026": "so2", "a21002": "nox", "a34013": "dust", "a19001": "oxygen",
}  # fmt: skip
_KINDS: Final = {"Avg": "avg", "ZsAvg": "converted_avg"}
_SECTIONS: Final = {
    RIVER_UP: SectionFacts("北河", "示意流域", "", "river", 2),
    RIVER_DOWN: SectionFacts("北河", "示意流域", "", "river", 3),
    RESERVOIR: SectionFacts("东湖水库", "示意流域", "", "lake", 3),
}
_ENTERPRISES: Final = (
    ("城南污水处理有限公司（示意）", "D46", SEWAGE, "DW001", ("ph", "cod", "nh3n", "tp", "tn")),
    ("示意食品有限公司", "C14", FOOD, "DW001", ("ph", "cod", "nh3n")),
    ("示意热电有限公司", "D44", HEAT, "DA001", ("so2", "nox", "dust")),
)
_LIMITS: Final = {
    SEWAGE: (
        ("ph", "9", "6"),
        ("cod", "50", ""),
        ("nh3n", "5", ""),
        ("tp", "0.5", ""),
        ("tn", "15", ""),
    ),
    FOOD: (("ph", "9", "6"), ("cod", "100", ""), ("nh3n", "15", "")),
    HEAT: (("so2", "35", ""), ("nox", "50", ""), ("dust", "10", "")),
}
_FIRST_SERIAL: Final = 99_000_001
"""Serials of organisation codes from here on are made up, and no other made-up entity has them."""


def load_environment(actor: Actor, *, now: datetime) -> str:
    """Enter what staff would tell of the simulated stations, and their past; what is there stays. now: city time.

    Returns how many sections, noise stations and outlets there are.
    """
    devices = {item.key: item for code in _TYPES for item in iot.devices_of_type(code)}
    counts = environment.refresh_surroundings(now=now)
    if counts[2]:
        return " / ".join(str(number) for number in counts)
    known = {key: device for key, device in devices.items() if key in SOURCES or key in QUARTERS}
    hours = _hours(now)
    ids = environment.section_ids([known[key].id for key in _SECTIONS if key in known])
    for key, facts in _SECTIONS.items():
        if key in known:
            environment.describe_section(actor, section_id=ids[known[key].id], facts=facts, now=now)
    for key, area in AREAS.items():
        if key in known:
            environment.place_station(actor, station_id=known[key].id, area_code=area, now=now)
    owner = next(item.id for item in identity.organisations() if item.code == "ecology")
    made = [_enterprise(actor, number, known, owner=owner, now=now) for number in range(len(_ENTERPRISES))]
    _record(list(known.values()), hours, now=now)
    numbers = [item.id for item in known.values()]
    environment.assess_water(numbers, hours=hours, now=now)
    environment.assess_noise(numbers, at=hours, now=now)
    environment.assess_outlets(numbers, at=hours, now=now)
    return f"{len(_SECTIONS)} / {len(AREAS)} / {len(made)}"


def _enterprise(actor: Actor, number: int, known: dict[str, DeviceInfo], *, owner: int, now: datetime) -> int:
    name, industry, key, code, factors = _ENTERPRISES[number]
    here = geo.city()
    division = (here.division_code if here else "220100")[:6]
    uscc = _code(number, division)
    entity = NewEntity(
        uscc,
        {"name": name, "kind": "enterprise", "industry_code": industry, "established_on": "2010-05-01"},
        "market_regulation.entities",
        valid_from=date(2010, 5, 1),
        is_made_up=True,
    )
    registers.register_entity(actor, new=entity, now=now)
    permit = f"{uscc}00{number + 1}P"
    new = NewEnterprise(uscc, owner, division_code=known[key].division_code, permit_number=permit, is_key=number != 1)
    enterprise = environment.register_enterprise(actor, new=new, now=now)
    begun = now.replace(minute=0, second=0, microsecond=0) - PAST
    outlet = environment.register_outlet(
        actor, new=NewOutlet(enterprise, key, code, known[key].name, factors, begun), now=now
    )
    for factor, upper, lower in _LIMITS[key]:
        basis = "converted" if key == HEAT else "measured"
        for span in ("hour", "day"):
            limit = NewLimit(
                outlet,
                factor,
                span,
                basis,
                Decimal(upper),
                Decimal(lower) if lower else None,
                city_date(begun),
                "排污许可证副本（示意）",
            )
            environment.set_limit(actor, new=limit, now=now)
    return outlet


def _code(number: int, division: str) -> str:
    inner = str(_FIRST_SERIAL + number)
    first = f"91{division}{inner}{organisation_code.check_character(inner)}"
    return f"{first}{credit_code.check_character(first)}"


def _hours(now: datetime) -> list[datetime]:
    last = now.replace(minute=0, second=0, microsecond=0)
    return [last - number * _HOUR for number in range(PAST // _HOUR, 0, -1)]


def _record(devices: Sequence[DeviceInfo], hours: Sequence[datetime], *, now: datetime) -> None:
    """Put the past into iot as the stations would have told it."""
    rows = [row for device in devices for hour in hours for row in _told(device, hour)]
    streams = iot.datastreams_for([key for key, _, _, _ in rows], now=now)
    iot.record_derived([DerivedValue(streams[key], at, value, flag) for key, at, value, flag in rows], now=now)


def _told(device: DeviceInfo, hour: datetime) -> list[tuple[DatastreamKey, datetime, float, str]]:
    if device.key in QUARTERS:
        quarter = QUARTERS[device.key]
        return [
            (DatastreamKey(device.id, "leq", Period.HOUR, "avg"), hour, quarter.leq(hour), "N"),
            (DatastreamKey(device.id, "lmax", Period.HOUR, "max"), hour, quarter.lmax(hour), "N"),
        ]
    source = SOURCES[device.key]
    if not source.due(hour):
        return []
    return [
        (DatastreamKey(device.id, _WIRES[factor], Period.HOUR, _KINDS[kind]), hour, value, source.flag(hour))
        for factor, kinds in measured(device.key, hour).items()
        for kind, value in kinds.items()
    ]
