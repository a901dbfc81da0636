"""Lamps: the rule, the rows that somebody sees, the figure and the page."""

import numpy as np
import pytest
from django.test import Client
from onecity.domains.lighting.rules import lamp_has_failed
from onecity.domains.lighting.selectors import LAMP, lamps, lit_rate

from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session
from onecity.platform.indicators.declare import Period
from onecity.platform.iot.api import datastreams_for, record
from onecity.platform.iot.contracts import Batch, DatastreamKey
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.tests.factories import make_device


def reporting_lamp(*, power_w: float, on: bool, organisation: object) -> Device:
    now = clock.city_now()
    lamp = make_device(type_code=LAMP, protocol=Protocol.HTTP, organisation=organisation)  # type: ignore[arg-type]  # a test's own
    keys = [DatastreamKey(lamp.id, "power", "real_time"), DatastreamKey(lamp.id, "on", "real_time")]
    streams = datastreams_for(keys, now=now)
    ids = np.array([streams[key] for key in keys], np.int32)
    at = np.full(2, micros(now), np.int64)
    values, letters = np.array([power_w, float(on)]), np.full(2, ord("N"), np.uint8)
    record([Batch(ids, at, values, letters, np.zeros(2, np.int32))], now=now)
    return lamp


@pytest.mark.parametrize(("on", "power", "failed"), [(True, 23.9, True), (True, 24.0, False), (False, 0.0, False)])
def test_lamp_fails_below_a_fifth_of_its_rated_power_when_told_to_burn(on: bool, power: float, failed: bool) -> None:
    assert lamp_has_failed(commanded_on=on, power_w=power) is failed


def test_rated_power_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        lamp_has_failed(commanded_on=True, power_w=1.0, rated_w=0.0)


@pytest.mark.django_db
def test_figure_counts_only_what_the_actor_sees() -> None:
    mine, theirs = make_organisation(), make_organisation()
    reporting_lamp(power_w=110.0, on=True, organisation=mine)
    reporting_lamp(power_w=2.0, on=True, organisation=mine)
    reporting_lamp(power_w=2.0, on=True, organisation=theirs)
    actor, now = make_actor("iot.view_devices", organisation=mine), clock.city_now()
    measure = lit_rate(actor, Period(now, now))
    assert (measure.value, measure.denominator) == (50.0, 2)
    assert sorted(item.failed for item in lamps(actor)) == [False, True]


@pytest.mark.django_db
def test_page_shows_a_dark_lamp_as_failed(client: Client) -> None:
    body = make_organisation()
    lamp = reporting_lamp(power_w=2.0, on=True, organisation=body)
    client.cookies["onecity_session"] = open_session(make_actor("iot.view_devices", organisation=body).account_id)
    page = client.get("/lighting/lamps").content.decode()
    assert lamp.name in page
    assert "故障" in page
