"""The demonstration's water stations, outlets and noise stations: their bytes through the gateways, and judged."""

from datetime import datetime, timedelta
from itertools import islice

import pytest
from tests.gateways.brokers import MqttDevice, Refused, mosquitto, mqtt_gateway
from tests.gateways.harness import hj212_gateway, until

from onecity.demo.simulators.noise_host import DEVICES as NOISE
from onecity.demo.simulators.noise_host import telemetry
from onecity.demo.simulators.surroundings import AREAS, FOOD, HEAT, RIVER_DOWN, SEWAGE, SOURCES
from onecity.demo.simulators.surroundings_host import DEVICES, measured, uploads
from onecity.domains.environment.models import NoiseHour, OutletHour, WaterSample
from onecity.domains.environment.services.noise.assessing import assess_noise
from onecity.domains.environment.services.noise.describing import place_station
from onecity.domains.environment.services.noise.following import refresh_stations
from onecity.domains.environment.services.outlets.assessing import assess_outlets
from onecity.domains.environment.services.water.assessing import assess_water
from onecity.domains.environment.tests.surroundings import make_outlet
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, Observation, QuarantinedMessage
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
ALL = system_actor("test")


def begun(hours: int) -> datetime:
    """The start of an hour some hours ago."""
    return clock.city_now().replace(minute=0, second=0, microsecond=0) - hours * HOUR


def sent(key: str, *, begins: datetime, count: int) -> None:
    """Send a unit's first uploads through a gateway; each is answered."""
    with hj212_gateway() as hall:
        unit = hall.unit()
        for upload in islice(uploads(key, begins=begins), count):
            unit.send(*upload.pieces)
            answer = unit.hear()
            assert (answer.command, answer.qn) == ("9014", upload.qn)
    assert not QuarantinedMessage.objects.exists()


def test_every_device_has_something_to_send_and_a_declared_type() -> None:
    assert {device.key for device in DEVICES} == set(SOURCES)
    assert {device.key for device in NOISE} == set(AREAS)
    assert all(len(device.key) == 24 for device in DEVICES)


def test_water_station_s_frames_become_samples_with_their_class() -> None:
    station = make_device(RIVER_DOWN, type_code="environment.water_station", password="123456")
    begins = begun(9)
    sent(RIVER_DOWN, begins=begins, count=2)
    assess_water([station.id], hours=[begins + n * HOUR for n in range(9)], now=clock.city_now())
    samples = list(WaterSample.objects.order_by("measured_at"))
    assert len(samples) == 2
    assert {row.water_class for row in samples} <= {3, 5}
    first = samples[0]
    values = measured(RIVER_DOWN, first.measured_at)
    assert first.tp_mg_l is not None
    assert float(first.tp_mg_l) == values["w21011"]["Avg"]
    assert first.turbidity_ntu is not None


@pytest.mark.parametrize(
    ("key", "factors"), [(SEWAGE, ("ph", "cod", "nh3n", "tp", "tn")), (FOOD, ("ph", "cod", "nh3n"))]
)
def test_waste_water_s_frames_become_hours_with_flow_and_marks(key: str, factors: tuple[str, ...]) -> None:
    now = clock.city_now()
    outlet = make_outlet(now=now, factors=factors, limits={})
    Device.objects.filter(id=outlet.device_id).update(key=key)
    begins = begun(4)
    sent(key, begins=begins, count=3)
    assess_outlets([outlet.device_id], at=[begins + n * HOUR for n in range(3)], now=now)
    rows = OutletHour.objects.filter(begins_at=begins)
    assert {row.factor for row in rows} == set(factors)
    assert all(row.flow is not None and row.mark == SOURCES[key].flag(begins) for row in rows)
    assert OutletHour.objects.count() == 3 * len(factors)


def test_waste_gas_s_frames_bring_converted_concentrations() -> None:
    now = clock.city_now()
    outlet = make_outlet(now=now, type_code="environment.waste_gas_outlet", factors=("so2", "nox", "dust"), limits={})
    Device.objects.filter(id=outlet.device_id).update(key=HEAT)
    begins = begun(2)
    sent(HEAT, begins=begins, count=1)
    assess_outlets([outlet.device_id], at=[begins], now=now)
    told = measured(HEAT, begins)
    row = OutletHour.objects.get(factor="so2")
    assert row.mean is not None
    assert row.converted is not None
    assert (float(row.mean), float(row.converted)) == (told["a21026"]["Avg"], told["a21026"]["ZsAvg"])


def test_noise_station_s_minutes_over_mqtt_become_an_hour() -> None:
    key = NOISE[0].key
    begins = begun(2)
    with mosquitto() as broker, mqtt_gateway(broker):
        row = make_device(key, type_code="environment.noise_station", protocol=Protocol.MQTT)
        token = issue_token(ALL, device_id=row.id, now=clock.real_now())
        found: list[MqttDevice] = []

        def enters() -> bool:
            broker.renew_passwords()
            try:
                found.append(MqttDevice(broker, key, token))
            except Refused:
                return False
            return True

        until(enters, what="the station's entry")
        found[0].publish(f"onecity/v1/devices/{key}/telemetry", telemetry(key, since=begins, until=begins + HOUR))
        until(lambda: Observation.objects.count() == 120)
    now = clock.city_now()
    refresh_stations(now=now)
    place_station(ALL, station_id=row.id, area_code=AREAS[key], now=now)
    assess_noise([row.id], at=[begins], now=now)
    hour = NoiseHour.objects.get()
    assert hour.minutes == 60
    assert hour.leq_db is not None
    assert 35 < hour.leq_db < 65
    assert hour.excess_db is not None
