"""HJ 212 over real sockets: stored, then answered; nothing lost, nobody unknown dropped in silence."""

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.gateways.harness import hj212_gateway, until

from onecity.demo.simulators.hj212_faults import Fault, disturb
from onecity.demo.simulators.hj212_frames import Logger, enclose, hourly, hourly_in_parts, of_2005, real_time
from onecity.demo.simulators.hj212_host import obey
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import forget_keys
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.hj212.running import run_hj212
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.models import (
    Datastream,
    Device,
    DeviceCommand,
    DeviceNote,
    Gateway,
    Latest,
    Observation,
    QuarantinedMessage,
    UnknownDevice,
)
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PM = {"a34004": 35.5}


def stored(key: str) -> list[tuple[str, str, str, float | None, str]]:
    streams = {row.id: row for row in Datastream.objects.filter(device__key=key)}
    rows = Observation.objects.filter(datastream_id__in=list(streams)).order_by("phenomenon_at", "datastream_id")
    found = [(streams[row.datastream_id], row) for row in rows]
    return [(s.property_code, s.period, s.sub_value, row.result, chr(row.quality)) for s, row in found]


def quarantined() -> list[tuple[str, str]]:
    return sorted(QuarantinedMessage.objects.values_list("reason", "device_key"))


def today() -> datetime:
    """The start of the last whole hour."""
    return clock.city_now().replace(minute=0, second=0, microsecond=0) - HOUR


def test_upload_is_stored_before_it_is_answered() -> None:
    make_device("MN1", password="123456")
    at = clock.city_now()
    with hj212_gateway() as hall:
        unit = hall.unit()
        for turn in range(3):  # the first one goes the slow way, the others the fast one
            unit.send(real_time(Logger("MN1"), at=at + turn * MINUTE, values={"a34004": 35.0 + turn, "a21005": 800.0}))
            answer = unit.hear()
            assert (answer.command, answer.mn, answer.flag) == ("9014", "MN1", 4)
            assert len(stored("MN1")) == 2 * (turn + 1)
        assert stored("MN1")[-2:] == [
            ("pm2_5", "real_time", "", 37.0, "N"),
            ("co", "real_time", "", 0.8, "N"),
        ]
        assert Latest.objects.filter(result__in=[37.0, 0.8]).count() == 2
        until(lambda: Device.objects.get().state == "online")
    assert Gateway.objects.get().stopped_at is not None


def test_upload_that_asks_for_no_answer_gets_none() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1"), at=today(), values=PM, answer=False))
        until(lambda: len(stored("MN1")) == 1)
        assert unit.hears_nothing()


def test_hour_data_keep_their_kinds_and_the_start_of_the_hour() -> None:
    make_device("MN1")
    measured = {"a34004": {"Min": 30.0, "Avg": 35.0, "Max": 41.0, "Cou": 2.0}, "a21005": {"Avg": 700.0}}
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(hourly(Logger("MN1"), hour=today(), sent_at=today() + HOUR, measured=measured, flag="M"))
        assert unit.hear().command == "9014"
    assert stored("MN1") == [
        ("pm2_5", "hour", "min", 30.0, "M"),
        ("pm2_5", "hour", "avg", 35.0, "M"),
        ("pm2_5", "hour", "max", 41.0, "M"),
        ("pm2_5", "hour", "total", 2.0, "M"),
        ("co", "hour", "avg", 0.7, "M"),
    ]
    assert set(Observation.objects.values_list("phenomenon_at", flat=True)) == {today()}


def test_each_part_of_a_split_upload_is_stored_and_answered() -> None:
    make_device("MN1")
    measured = {code: {"Avg": 1.0} for code in ("a34004", "a21005", "a01002")}
    frames = hourly_in_parts(Logger("MN1"), hour=today(), sent_at=today() + HOUR, measured=measured, factors_each=2)
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(*frames)
        assert len({answer.qn for answer in unit.hear_all(2)}) == 2
    assert len(stored("MN1")) == 3


def test_frames_of_2005_are_read_and_their_flags_understood() -> None:
    make_device("MN1", type_code="gauge.meter")
    with hj212_gateway() as hall:
        unit = hall.unit()
        for turn in range(2):
            unit.send(of_2005(Logger("MN1", st="32"), at=today() + turn * MINUTE, values={"011": 18.04}, flag="B"))
        until(lambda: len(stored("MN1")) == 2)
        assert unit.hears_nothing()
    assert stored("MN1")[0] == ("011", "real_time", "", 18.04, "D")
    assert stored("MN1")[1] == ("011", "real_time", "", 18.04, "D")
    until(lambda: Device.objects.get().state == "faulty")


def test_torn_repeated_late_and_spoilt_frames_leave_each_reading_once() -> None:
    make_device("MN1")
    frames = [real_time(Logger("MN1"), at=today() + turn * MINUTE, values=PM) for turn in range(50)]
    sendings = list(disturb(frames, seed=7, share=0.6))
    readable = {sending.source for sending in sendings if sending.fault.readable}
    with hj212_gateway(Limits(settle_s=0.2)) as hall:
        unit = hall.unit()
        for sending in sendings:
            unit.send(*sending.writes)
        until(lambda: len(stored("MN1")) == len(readable))
        answers = sum(sending.fault.readable for sending in sendings)
        assert {answer.command for answer in unit.hear_all(answers)} == {"9014"}
    spoilt = [sending for sending in sendings if not sending.fault.readable]
    assert len(spoilt) > 5
    assert Fault.BIT_FLIP in {sending.fault for sending in spoilt}
    reasons = {reason for reason, _ in quarantined()}
    assert {"crc_mismatch"} < reasons <= {"crc_mismatch", "no_tail", "too_long", "truncated", "no_header", "no_length"}


def test_unknown_station_is_shown_kept_and_not_answered() -> None:
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("STRANGER"), at=today(), values=PM))
        until(lambda: quarantined() == [("unknown_device", "STRANGER")])
        unit.send(real_time(Logger("STRANGER"), at=today(), values=PM))
        until(lambda: UnknownDevice.objects.get().messages == 2)
        assert unit.hears_nothing()
    assert QuarantinedMessage.objects.get().times == 2


def test_station_that_is_registered_meanwhile_is_served_within_a_second() -> None:
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1"), at=today(), values=PM))
        until(lambda: quarantined() == [("unknown_device", "MN1")])
        make_device("MN1")
        until(lambda: _answered(unit, at=today()), what="an answer")
    assert len(stored("MN1")) == 1


def _answered(unit: object, *, at: datetime) -> bool:
    unit.send(real_time(Logger("MN1"), at=at, values=PM))  # type: ignore[attr-defined]
    return not unit.hears_nothing(for_s=0.2)  # type: ignore[attr-defined]


def test_wrong_password_is_neither_stored_nor_answered() -> None:
    make_device("MN1", password="654321")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1", pw="123456"), at=today(), values=PM))
        until(lambda: quarantined() == [("wrong_password", "MN1")])
        unit.send(real_time(Logger("MN1", pw="654321"), at=today(), values=PM))
        assert unit.hear().command == "9014"
        unit.send(real_time(Logger("MN1", pw="123456"), at=today() + MINUTE, values=PM))
        until(lambda: QuarantinedMessage.objects.count() == 2)
    assert len(stored("MN1")) == 1


def test_other_password_is_judged_when_the_keys_of_its_hash_have_to_be_read_anew() -> None:
    make_device("MN1", password="654321")
    with hj212_gateway() as hall:
        unit = hall.unit()
        for minute in range(2):  # the second goes the fast way
            unit.send(real_time(Logger("MN1", pw="654321"), at=today() + minute * MINUTE, values=PM))
            assert unit.hear().command == "9014"
        forget_keys()
        unit.send(real_time(Logger("MN1", pw="123456"), at=today() + 2 * MINUTE, values=PM))
        until(lambda: quarantined() == [("wrong_password", "MN1")])
    assert len(stored("MN1")) == 2


def test_retired_device_is_shut_out_within_a_second() -> None:
    device = make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1"), at=today(), values=PM))
        unit.hear()
        retire_device(system_actor("test"), device_id=device.id, reason="报废", now=clock.city_now())
        until(lambda: not _answered(unit, at=today()), within=2)
    assert {reason for reason, _ in quarantined()} == {"retired_device"}


def test_device_of_another_protocol_is_refused() -> None:
    make_device("MN1", protocol=Protocol.MQTT)
    with hj212_gateway() as hall:
        hall.unit().send(real_time(Logger("MN1"), at=today(), values=PM))
        until(lambda: quarantined() == [("wrong_protocol", "MN1")])


def test_device_clock_in_1970_is_quarantined_and_acknowledged() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1"), at=datetime.fromisoformat("1970-01-02T00:00:00+08:00"), values=PM))
        assert unit.hear().command == "9014"
    assert quarantined() == [("clock_not_believed", "MN1")]
    assert stored("MN1") == []


def test_upload_without_a_time_is_quarantined_and_acknowledged() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(enclose("QN=20260310120000001;ST=22;CN=2011;PW=1;MN=MN1;Flag=5;CP=&&a34004-Rtd=1.0,a34004-Flag=N&&"))
        assert unit.hear().qn == "20260310120000001"
    assert quarantined() == [("no_data_time", "MN1")]


def test_value_that_contradicts_a_stored_one_is_quarantined() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        for value in (1.0, 2.0, 1.0):
            unit.send(real_time(Logger("MN1"), at=today(), values={"a34004": value}))
            unit.hear()
    assert quarantined() == [("conflicting_repeat", "MN1")]
    assert stored("MN1") == [("pm2_5", "real_time", "", 1.0, "N")]


def test_device_of_its_own_unit_is_scaled() -> None:
    make_device("MN1", scales={"a34004": 1000.0})
    with hj212_gateway() as hall:
        unit = hall.unit()
        for turn in range(2):
            unit.send(real_time(Logger("MN1"), at=today() + turn * MINUTE, values={"a34004": 0.035}))
            unit.hear()
    assert [row[3] for row in stored("MN1")] == [35.0, 35.0]


def test_what_is_no_reading_is_kept_as_said() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(
            enclose(
                "QN=20260310120000002;ST=22;CN=3020;PW=1;MN=MN1;Flag=5;"
                "CP=&&DataTime=20260310120000;PolId=a34004;i11001-Info=//仪器启动;自检//&&"
            )
        )
        assert unit.hear().command == "9014"
    note = DeviceNote.objects.get()
    assert note.kind == "3020"
    assert "//仪器启动;自检//" in note.content


def test_unit_that_asks_for_the_time_is_answered_and_set() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(enclose("QN=20260310120000003;ST=22;CN=1013;PW=123456;MN=MN1;Flag=5;CP=&&&&"))
        assert (unit.hear().command) == "9013"
        request = unit.hear()
        assert request.command == "1012"
        assert request.flag == 5
        said = datetime.strptime(request.data["SystemTime"] + "+0800", "%Y%m%d%H%M%S%z")
        assert abs(said - clock.city_now()) < timedelta(seconds=30)
        unit.send(*obey(request, pw="123456"))
        until(lambda: DeviceCommand.objects.get().state == "done")


def test_order_goes_down_the_devices_line_and_is_tracked_to_its_end() -> None:
    device = make_device("MN1")
    with hj212_gateway() as hall:
        other, unit = hall.unit(), hall.unit()
        unit.send(real_time(Logger("MN1"), at=today(), values=PM))
        unit.hear()
        number = order(
            system_actor("test"), device_id=device.id, code="set_real_time_interval", argument=60, now=clock.real_now()
        )
        request = unit.hear()
        assert (request.command, request.data) == ("1062", {"RtdInterval": "60"})
        accepted, ended = obey(request, pw="123456")
        unit.send(accepted)
        until(lambda: DeviceCommand.objects.get(id=number).state == "accepted")
        unit.send(ended)
        until(lambda: DeviceCommand.objects.get(id=number).state == "done")
        assert other.hears_nothing()


def test_order_that_the_device_refuses_fails_with_its_word() -> None:
    device = make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1"), at=today(), values=PM))
        unit.hear()
        order(system_actor("test"), device_id=device.id, code="set_time", argument=None, now=clock.real_now())
        qn = unit.hear().qn
        unit.send(enclose(f"QN={qn};ST=91;CN=9011;PW=1;MN=MN1;Flag=4;CP=&&QnRtn=2&&"))
        until(lambda: DeviceCommand.objects.get().state == "failed")
    assert DeviceCommand.objects.get().result == "9011 2"


def test_flagged_fault_makes_the_device_faulty_until_it_is_well() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(real_time(Logger("MN1"), at=today(), values=PM))
        unit.hear()
        for turn, (flag, state) in enumerate([("D", "faulty"), ("N", "online")], start=1):
            unit.send(real_time(Logger("MN1"), at=today() + turn * MINUTE, values=PM, flag=flag))
            unit.hear()
            until(lambda state=state: Device.objects.get().state == state)  # type: ignore[misc]


def test_second_gateway_leaves_a_port_alone_that_is_another_ones() -> None:
    """Shared by accident, two cities would each get half of what the devices send."""
    with hj212_gateway() as hall, pytest.raises(OSError, match="in use"):
        asyncio.run(run_hj212("127.0.0.1", hall.port, limits=Limits(), ready=lambda _: None))


def test_gateways_that_are_told_to_share_a_port_do() -> None:
    together = Limits(share_port=True)
    with hj212_gateway(together) as hall:

        async def second() -> int:
            ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            work = asyncio.ensure_future(run_hj212("127.0.0.1", hall.port, limits=together, ready=ready.set_result))
            port = await ready
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            return port

        assert asyncio.run(second()) == hall.port
