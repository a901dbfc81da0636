"""The smallest valid sections, noise stations, enterprises and outlets, and readings of theirs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from onecity.domains.environment.contracts import NewEnterprise, NewLimit, NewOutlet
from onecity.domains.environment.models import Outlet, WaterSection
from onecity.domains.environment.rules.noise.codes import NOISE_STATION
from onecity.domains.environment.rules.water.codes import WATER_STATION
from onecity.domains.environment.services.noise import following as noise_following
from onecity.domains.environment.services.noise.describing import place_station
from onecity.domains.environment.services.outlets.permitting import set_limit
from onecity.domains.environment.services.outlets.registering import register_enterprise, register_outlet
from onecity.domains.environment.services.water import following as water_following
from onecity.kernel.actor import system_actor
from onecity.kernel.clock import city_date
from onecity.kernel.identifiers import credit_code, organisation_code
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue, NewDevice
from onecity.platform.iot.declare import Period, Protocol

ALL = system_actor("test")
HOUR = timedelta(hours=1)
CLEAN = {"ph": 7.8, "do": 9.0, "codmn": 3.0, "nh3n": 0.2, "tp": 0.05}
"""Water of class II."""
_numbers = count(1)


def make_device(
    type_code: str,
    *,
    now: datetime,
    name: str = "",
    organisation: Organisation | None = None,
    place: tuple[float, float] | None = (125.3, 43.8),
) -> int:
    """Register a device of a type; return its id."""
    number = next(_numbers)
    new = NewDevice(
        key=f"ENV{number:012d}",
        name=name or f"测点{number}",
        type_code=type_code,
        protocol=Protocol.HJ212,
        organisation_id=(organisation or make_organisation()).id,
        place=place,
    )
    return iot.register_device(ALL, new=new, now=now)


def make_section(name: str = "靠山大桥", *, now: datetime) -> WaterSection:
    """Register a water station that iot and environment know; return its section."""
    device = make_device(WATER_STATION, now=now, name=name)
    water_following.refresh_sections(now=now)
    return WaterSection.objects.get(device_id=device)


def make_noise_station(name: str = "文教区", *, now: datetime, area: str = "1") -> int:
    """Register a noise station that iot and environment know; return its id."""
    device = make_device(NOISE_STATION, now=now, name=name)
    noise_following.refresh_stations(now=now)
    if area:
        place_station(ALL, station_id=device, area_code=area, now=now)
    return device


def make_enterprise(*, now: datetime, name: str = "示意食品厂", organisation: Organisation | None = None) -> int:
    """Enter an enterprise that the register does not know; return its id."""
    owner = organisation or make_organisation()
    new = NewEnterprise(made_up_code(), owner.id, name=name, permit_number="P1", is_key=True)
    return register_enterprise(ALL, new=new, now=now)


def make_outlet(
    *,
    now: datetime,
    type_code: str = "environment.waste_water_outlet",
    factors: tuple[str, ...] = ("cod",),
    limits: Mapping[str, str] | None = None,
    organisation: Organisation | None = None,
    begun_at: datetime | None = None,
) -> Outlet:
    """Enter an outlet of an enterprise of its own. limits: upper ones of hours by factor, COD 50 without them."""
    owner = organisation or make_organisation()
    device = make_device(type_code, now=now, organisation=owner)
    key = iot.device_for(ALL, device).key
    enterprise = make_enterprise(now=now, organisation=owner)
    begun = begun_at or now - timedelta(days=2)
    new = NewOutlet(enterprise, key, "DW001", "总排口", factors, begun)
    outlet = Outlet.objects.get(id=register_outlet(ALL, new=new, now=now))
    for factor, upper in ({"cod": "50"} if limits is None else limits).items():
        allow(outlet, factor, upper, now=now)
    return outlet


def allow(
    outlet: Outlet, factor: str, upper: str, *, now: datetime, span: str = "hour", basis: str = "measured"
) -> None:
    """Enter what an outlet's permit allows from ten days ago on."""
    begins = city_date(now) - timedelta(days=10)
    new = NewLimit(outlet.id, factor, span, basis, Decimal(upper), None, begins, "许可证")
    set_limit(ALL, new=new, now=now)


def made_up_code() -> str:
    """Return a credit code with right check characters."""
    inner = str(98_000_000 + next(_numbers))
    first = f"91220100{inner}{organisation_code.check_character(inner)}"
    return f"{first}{credit_code.check_character(first)}"


def record(
    device_id: int,
    at: datetime,
    values: Mapping[str, float],
    *,
    now: datetime,
    quality: str = "N",
    period: Period = Period.HOUR,
    sub_value: str = "avg",
) -> None:
    """Record readings of a device as it would send them."""
    keys = {code: DatastreamKey(device_id, code, period, sub_value) for code in values}
    streams = iot.datastreams_for(list(keys.values()), now=now)
    iot.record_derived(
        [DerivedValue(streams[keys[code]], at, value, quality) for code, value in values.items()], now=now
    )
