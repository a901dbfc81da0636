"""Filling the demonstration city: people, calendar, stations; twice changes nothing."""

import pytest

from onecity.demo.packs import SAMPLE, read_pack
from onecity.demo.people import demo_accounts
from onecity.demo.seed import OtherCity, fill_city
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.geo import api as geo
from onecity.platform.geo.contracts import CityRow, GeoJSON
from onecity.platform.identity import api as identity
from onecity.platform.identity.tests.factories import Grant, builtin_roles
from onecity.platform.iot import api as iot

pytestmark = pytest.mark.django_db
ACTOR = system_actor("test")
PASSWORD = "Yicheng-0a1b2c3d"


def fill() -> list[str]:
    told: list[str] = []
    pack = read_pack(SAMPLE)
    fill_city(ACTOR, pack=pack, data=None, password=PASSWORD, now=clock.real_now(), say=told.append)
    return told


def test_sample_city_is_filled_and_filling_it_again_changes_nothing() -> None:
    fill()
    made = [(item.username, identity.find_account(item.username)) for item in demo_accounts()]
    assert [name for name, account in made if account is None] == []
    grants, devices = Grant.objects.count(), len(iot.devices_of_type("environment.air_station"))
    assert devices == 8
    fill()
    assert (Grant.objects.count(), len(iot.devices_of_type("environment.air_station"))) == (grants, devices)


def test_station_stands_in_a_unit_grid_under_the_ecology_bureau() -> None:
    fill()
    station = iot.devices_of_type("environment.air_station")[0]
    assert len(station.division_code) == 15
    assert identity.organisation(station.organisation_id).code == "ecology"


def test_every_declared_role_has_somebody_who_plays_it() -> None:
    of_programs = {"urban_management.reporting_system", "iot.context_client"}
    played = of_programs | {role for item in demo_accounts() for role in item.roles}
    assert {role.code for role in builtin_roles()} - played == set()


def test_database_of_another_city_is_left_alone() -> None:
    pack = read_pack(SAMPLE)
    outline = GeoJSON('{"type":"MultiPolygon","coordinates":[[[[125,43],[126,43],[126,44],[125,43]]]]}')
    row = CityRow("changchun", "长春市", "220100", 125.3, 43.9, 12, outline, "", False)
    geo.set_city(ACTOR, row=row)
    with pytest.raises(OtherCity, match="长春市"):
        fill_city(ACTOR, pack=pack, data=None, password=PASSWORD, now=clock.real_now(), say=print)
