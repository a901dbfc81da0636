"""Requests to field units: byte for byte where published, and what the platform may not ask."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from onecity.platform.iot.codecs.hj212 import downlink
from onecity.platform.iot.codecs.hj212.downlink import FieldUnit, NotRequestable
from onecity.platform.iot.codecs.hj212.editions import Edition
from onecity.platform.iot.codecs.hj212.encoding import encode
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.tests import vectors

MN = "010000A8900016F000169DC0"
UNIT = FieldUnit(st="32", mn=MN, pw="123456")
AT = datetime(2016, 8, 1, 0, 58, 57, 223_000, tzinfo=UTC)
THEN = datetime(2016, 7, 31, 16, 0, tzinfo=UTC)


def segment(packet: Packet) -> str:
    return encode(packet)[6:-6].decode()


def expected(cn: str, area: str) -> str:
    return f"QN=20160801085857223;ST=32;CN={cn};PW=123456;MN={MN};Flag=5;CP=&&{area}&&"


def test_request_of_appendix_a_is_written_byte_for_byte() -> None:
    unit = FieldUnit(st="32", mn=MN, pw="100000")
    written = encode(downlink.set_real_time_interval(unit, at=AT, interval_s=30))
    assert written == vectors.SET_INTERVAL.frame + b"\r\n"


@pytest.mark.parametrize(
    ("packet", "cn", "area"),
    [
        (downlink.set_timeout(UNIT, at=AT, over_time_s=5, retries=3), "1000", "OverTime=5;ReCount=3"),
        (downlink.set_time(UNIT, at=AT, time=AT), "1012", "SystemTime=20160801085857"),
        (
            downlink.set_time(UNIT, at=AT, time=AT, instrument="w01018"),
            "1012",
            "PolId=w01018;SystemTime=20160801085857",
        ),
        (downlink.set_minute_interval(UNIT, at=AT, minutes=10), "1064", "MinInterval=10"),
        (downlink.set_password(UNIT, at=AT, password="654321"), "1072", "NewPW=654321"),
        (
            downlink.history(UNIT, at=AT, cn="2061", begin=THEN, end=AT),
            "2061",
            "BeginTime=20160801000000;EndTime=20160801085857",
        ),
        (
            downlink.set_sampling_cycle(UNIT, at=AT, instrument="w01018", first="000000", every_h=2),
            "3016",
            "PolId=w01018;CstartTime=000000;CTime=2",
        ),
        (
            downlink.set_parameter(UNIT, at=AT, instrument="w01018", info="i13004", value="168.0"),
            "3021",
            "PolId=w01018;InfoId=i13004;i13004-Info=168.0",
        ),
        (downlink.request(UNIT, cn="2011", at=AT), "2011", ""),
        (downlink.request(UNIT, cn="3011", at=AT, fields={"PolId": "w01018"}), "3011", "PolId=w01018"),
    ],
)
def test_request_is_written_as_implementations_of_the_standard_do(packet: Packet, cn: str, area: str) -> None:
    assert segment(packet) == expected(cn, area)


@pytest.mark.parametrize(("edition", "flag"), [(Edition.HJ_2005, 1), (Edition.HJ_2017, 5), (Edition.HJ_2025, 9)])
def test_request_carries_the_edition_of_its_unit(edition: Edition, flag: int) -> None:
    assert downlink.request(FieldUnit("32", MN, "1", edition), cn="1011", at=AT).flag == flag


@pytest.mark.parametrize("cn", ["1013", "2081", "9011", "9012", "9013", "9014", "9015", "0000", "x"])
def test_command_that_is_not_the_platforms_is_refused(cn: str) -> None:
    with pytest.raises(NotRequestable) as refusal:
        downlink.request(UNIT, cn=cn, at=AT)
    assert refusal.value.fields.keys() == {"cn"}


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda: downlink.set_timeout(UNIT, at=AT, over_time_s=0, retries=3), "over_time_s"),
        (lambda: downlink.set_timeout(UNIT, at=AT, over_time_s=100_000, retries=3), "over_time_s"),
        (lambda: downlink.set_timeout(UNIT, at=AT, over_time_s=5, retries=0), "retries"),
        (lambda: downlink.set_timeout(UNIT, at=AT, over_time_s=5, retries=100), "retries"),
        (lambda: downlink.set_real_time_interval(UNIT, at=AT, interval_s=29), "interval_s"),
        (lambda: downlink.set_real_time_interval(UNIT, at=AT, interval_s=3601), "interval_s"),
        (lambda: downlink.set_minute_interval(UNIT, at=AT, minutes=7), "minutes"),
        (lambda: downlink.set_password(UNIT, at=AT, password="12345"), "password"),
        (lambda: downlink.set_password(UNIT, at=AT, password="12345;"), "password"),
        (lambda: downlink.set_password(UNIT, at=AT, password="密码密码密码"), "password"),
        (lambda: downlink.history(UNIT, at=AT, cn="2011", begin=THEN, end=AT), "cn"),
        (lambda: downlink.history(UNIT, at=AT, cn="2061", begin=AT, end=THEN), "end"),
        (lambda: downlink.set_sampling_cycle(UNIT, at=AT, instrument="w1", first="240000", every_h=2), "first"),
        (lambda: downlink.set_sampling_cycle(UNIT, at=AT, instrument="w1", first="00000", every_h=2), "first"),
        (lambda: downlink.set_sampling_cycle(UNIT, at=AT, instrument="w1", first="000000", every_h=0), "every_h"),
        (lambda: downlink.set_sampling_cycle(UNIT, at=AT, instrument="w1", first="000000", every_h=25), "every_h"),
    ],
)
def test_value_outside_the_standard_is_refused(ask: Callable[[], Packet], field: str) -> None:
    with pytest.raises(NotRequestable) as refusal:
        ask()
    assert refusal.value.fields.keys() == {field}
