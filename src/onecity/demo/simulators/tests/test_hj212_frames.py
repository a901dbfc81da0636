"""The device side of HJ 212 against published frames; its meeting with the platform is in tests/acceptance."""

from datetime import UTC, datetime

import pytest

from onecity.demo.simulators import hj212_frames
from onecity.demo.simulators.hj212_frames import Logger

MN = "010000A8900016F000169DC0"
AT = datetime(2016, 8, 1, 0, 58, 57, 223_000, tzinfo=UTC)
HOUR = datetime(2016, 8, 1, 0, 0, tzinfo=UTC)
UNIT = f"ST=32;CN=2061;PW=123456;MN={MN}"

PUBLISHED = [
    # HJ 212-2017, appendix A
    (f"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN={MN};Flag=5;CP=&&RtdInterval=30&&", "0101", "1C80"),
    # public Java test HJT212FormatValidatorTest; its CRC is in lower case there
    (
        "ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;060-Rtd=3.0943,060-Flag=N;"
        "011-Rtd=18.0412,011-Flag=N;001-Rtd=8.2137,001-Flag=N;B01-Rtd=10.9890,B01-Flag=N&&",
        "0178",
        "A9C1",
    ),
]
# HJ 212-2017, appendix C, with the check code of appendix A
PARTS = [
    f"##0260QN=20160801085857534;{UNIT};Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20160801080000;"
    "w00000-Cou=63.0,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;"
    "w01001-Min=7.1,w01001-Avg=7.5,w01001-Max=7.8,w01001-Flag=N&&D941\r\n",
    f"##0201QN=20160801085857535;{UNIT};Flag=7;PNUM=2;PNO=2;CP=&&DataTime=20160801080000;"
    "w01018-Cou=63.0,w01018-Min=40.1,w01018-Avg=40.1,w01018-Max=40.1,w01018-Flag=N&&E2C1\r\n",
]


def test_check_value_is_that_of_the_standard() -> None:
    assert hj212_frames.check_code(b"123456789") == "2F80"


@pytest.mark.parametrize(("segment", "length", "crc"), PUBLISHED)
def test_published_segment_is_enclosed_byte_for_byte(segment: str, length: str, crc: str) -> None:
    assert hj212_frames.enclose(segment) == f"##{length}{segment}{crc}\r\n".encode()


def test_parts_of_the_standards_example_are_written_byte_for_byte() -> None:
    frames = hj212_frames.hourly_in_parts(
        Logger(mn=MN, st="32", decimals=1),
        hour=HOUR,
        sent_at=AT.replace(microsecond=534_000),
        measured={
            "w00000": {"Cou": 63.0, "Min": 16.4, "Avg": 17.5, "Max": 20.1},
            "w01001": {"Min": 7.1, "Avg": 7.5, "Max": 7.8},
            "w01018": {"Cou": 63.0, "Min": 40.1, "Avg": 40.1, "Max": 40.1},
        },
        factors_each=2,
    )
    assert [frame.decode() for frame in frames] == PARTS


def test_upload_of_2005_is_written_as_published() -> None:
    logger = Logger(mn="0873HHMZWSLH02", st="32", decimals=4)
    water = {"060": 3.0943, "011": 18.0412, "001": 8.2137, "B01": 10.989}
    frame = hj212_frames.of_2005(logger, at=datetime(2016, 1, 3, 5, 30, 30, tzinfo=UTC), values=water)
    segment, length, crc = PUBLISHED[1]
    assert frame == f"##{length}{segment}{crc}\r\n".encode()


def test_real_time_upload_names_the_moment_of_sampling_twice() -> None:
    frame = hj212_frames.real_time(Logger(mn=MN), at=AT, values={"a34004": 35.25}, flag="D", answer=False)
    assert frame[6:-6].decode() == (
        f"QN=20160801085857223;ST=22;CN=2011;PW=123456;MN={MN};Flag=4;CP=&&"
        "DataTime=20160801085857;a34004-Rtd=35.250,a34004-Flag=D&&"
    )


def test_length_counts_bytes_not_characters() -> None:
    assert hj212_frames.enclose("运行")[:6] == b"##0006"
