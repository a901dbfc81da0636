"""From packets to readings."""

from datetime import UTC, datetime

import pytest

from onecity.platform.iot.codecs.hj212.decoding import decode_segment
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.readings import UPLOADS, Reading, readings
from onecity.platform.iot.codecs.hj212.reasons import Reason
from onecity.platform.iot.codecs.hj212.tables import COMMANDS, Sender
from onecity.platform.iot.codecs.hj212.tests import vectors

AT = datetime(2016, 8, 1, 0, 0, tzinfo=UTC)


def of(area: str, *, cn: str = "2061") -> tuple[Reading, ...] | Reason:
    packet = decode_segment(f"ST=22;CN={cn};MN=A1;Flag=4;CP=&&{area}&&".encode())
    assert isinstance(packet, Packet)
    return readings(packet)


def test_hour_data_of_the_standard_become_readings() -> None:
    packet = decode_segment(vectors.PART_2.segment)
    assert isinstance(packet, Packet)
    mn = "010000A8900016F000169DC0"
    assert readings(packet) == (
        Reading(mn, "2061", "w01018", "Cou", AT, 63.0, "N"),
        Reading(mn, "2061", "w01018", "Min", AT, 40.1, "N"),
        Reading(mn, "2061", "w01018", "Avg", AT, 40.1, "N"),
        Reading(mn, "2061", "w01018", "Max", AT, 40.1, "N"),
    )


def test_value_that_is_no_number_is_a_reading_without_value() -> None:
    assert of("DataTime=20160801080000;a1-Avg=,a1-Flag=D") == (Reading("A1", "2061", "a1", "Avg", AT, None, "D"),)


def test_missing_flag_is_empty_and_unknown_ones_are_kept() -> None:
    read = of("DataTime=20160801080000;a1-Avg=1;a2-Avg=2,a2-Flag=zz")
    assert isinstance(read, tuple)
    assert [reading.flag for reading in read] == ["", "zz"]


def test_flag_belongs_to_its_own_item() -> None:
    read = of("DataTime=20160801080000;a1-Avg=1,a1-Flag=N;a1-Avg=2")
    assert isinstance(read, tuple)
    assert [(reading.value, reading.flag) for reading in read] == [(1.0, "N"), (2.0, "")]


def test_what_is_no_measurement_is_no_reading() -> None:
    assert of("DataTime=20160801080000;a1-Flag=N,a1-EFlag=C4,a1-SampleTime=20160801,a1-Info=5,a1-Odd=3;x=1") == ()


@pytest.mark.parametrize("time", ["", "DataTime=;", "DataTime=20160230000000;", "DataTime-Rtd=20160801080000;"])
def test_measurement_without_a_valid_time_is_refused(time: str) -> None:
    assert of(f"{time}a1-Avg=1") is Reason.NO_DATA_TIME


def test_empty_upload_has_no_readings() -> None:
    assert of("") == ()


@pytest.mark.parametrize("cn", sorted(set(COMMANDS) - UPLOADS))
def test_other_commands_carry_no_readings(cn: str) -> None:
    assert of("DataTime=20160801080000;a1-Avg=1", cn=cn) == ()


def test_every_upload_command_may_come_from_the_field() -> None:
    assert all(COMMANDS[cn].sender is Sender.BOTH for cn in UPLOADS)


def test_equipment_state_is_a_reading() -> None:
    assert of("DataTime=20160801080000;SB1-RS=1", cn="2021") == (Reading("A1", "2021", "SB1", "RS", AT, 1.0, ""),)
