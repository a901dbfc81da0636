"""What is declared: the wire's names, the rules of the first day, words for every row."""

from datetime import datetime

import pytest

from onecity.domains.environment.declarations import DECLARATION
from onecity.domains.environment.declarations.stations import RULES, STATION
from onecity.domains.environment.models import AirMethod, AirStation, CityDay, CityHour, StationDay, StationHour
from onecity.domains.environment.rules.codes import AQI, PROPERTY_OF
from onecity.domains.environment.rules.levels import LEVELS
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.tests.factories import assessed, make_station
from onecity.kernel.registry import Registry
from onecity.platform.iot.declare import AlarmRule, DeviceType, ObservationWatch, Period, Protocol


def test_factor_codes_of_the_wire_are_the_six_pollutants() -> None:
    fields = STATION.fields(Protocol.HJ212)
    found = {
        name: (fields[name].property_code, fields[name].scale)
        for name in fields
        if fields[name].property_code in PROPERTY_OF.values()
    }
    assert found == {
        "a21026": ("so2", 1.0),
        "a21004": ("no2", 1.0),
        "a21005": ("co", 1.0),
        "a05024": ("o3", 1.0),
        "a34002": ("pm10", 1.0),
        "a34004": ("pm2_5", 1.0),
    }


def test_json_names_properties_by_their_codes() -> None:
    assert set(STATION.fields(Protocol.MQTT)) == {item.code for item in STATION.properties}
    assert set(STATION.fields(Protocol.HTTP)) == set(STATION.fields(Protocol.MQTT))


@pytest.mark.parametrize(("code", "unit"), [("co", "mg/m3"), ("o3", "ug/m3"), ("pm2_5", "ug/m3"), ("aqi", "1")])
def test_properties_have_the_units_of_the_index(code: str, unit: str) -> None:
    observed = STATION.observed(code)
    assert observed is not None
    assert observed.unit.code == unit


def test_rules_stand_at_the_levels_of_the_index_and_clear_below_them() -> None:
    limits = {rule.limits.upper: rule.limits.clear_upper for rule in RULES if rule.kind == "above"}
    assert set(limits) < {float(level.last) for level in LEVELS}
    assert all(clear is not None and upper is not None and clear < upper for upper, clear in limits.items())
    assert {(rule.property_code, rule.period) for rule in RULES} == {(AQI, Period.HOUR)}


def test_declared_items_enter_their_registries() -> None:
    types, rules = Registry(DeviceType), Registry(AlarmRule)
    types.collect(DECLARATION)
    rules.collect(DECLARATION)
    assert {item.code for item in types} == {
        "environment.air_station",
        "environment.water_station",
        "environment.noise_station",
        "environment.waste_water_outlet",
        "environment.waste_gas_outlet",
    }
    assert len(rules) == 4 + 3 + 2 + 9


def test_every_alarm_rule_and_watch_names_a_property_and_type_that_is_declared() -> None:
    types = {item.code: item for item in DECLARATION.items if isinstance(item, DeviceType)}
    for item in DECLARATION.items:
        if isinstance(item, AlarmRule):
            assert types[item.device_type].observed(item.property_code) is not None
        elif isinstance(item, ObservationWatch):
            assert item.device_type in types


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "environment.water_station",
            {"w01001", "w01009", "w01019", "w21003", "w21011", "w21001", "w01010", "w01014", "w01003"},
        ),
        ("environment.noise_station", {"Leq", "LMx", "L10", "L50", "L90"}),
        ("environment.waste_water_outlet", {"w00000", "w01001", "w01018", "w21003", "w21011", "w21001", "w01012"}),
    ],
)
def test_names_on_the_wire_are_those_of_hj_212(code: str, names: set[str]) -> None:
    kind = next(item for item in DECLARATION.items if isinstance(item, DeviceType) and item.code == code)
    fields = kind.fields(Protocol.HJ212)
    assert set(fields) == names
    assert all(kind.observed(field.property_code) for field in fields.values())


@pytest.mark.django_db
def test_rows_say_what_they_are(now: datetime) -> None:
    station = make_station("净月潭", now=now)
    assessed(station, now - HOUR, now=now)
    rows = [model.objects.all()[0] for model in (AirStation, StationHour, StationDay, CityHour, CityDay)]
    assert [str(row) for row in rows] == [
        "净月潭",
        f"{station} 2026-03-10 03:00 40",
        f"{station} 2026-03-10 None",
        "2026-03-10 03:00 40",
        "2026-03-10 None",
    ]
    assert str(AirMethod.objects.get(edition_code="HJ 633-2026")) == "HJ 633-2026 2026-03-01"
