"""Times on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.times import instant, microseconds, milliseconds_text, seconds_text


def test_time_is_beijing_time() -> None:
    assert instant("20160801085857") == datetime(2016, 8, 1, 0, 58, 57, tzinfo=UTC)


def test_request_number_has_milliseconds() -> None:
    assert instant("20160801085857223") == datetime(2016, 8, 1, 0, 58, 57, 223_000, tzinfo=UTC)


def test_summer_time_of_1990_is_known() -> None:
    assert instant("19900701120000") == datetime(1990, 7, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016080108585",
        "201608010858572",
        "20160801085860",
        "20160801240000",
        "20160230000000",
        "20161301000000",
        "00000101000000",
        "00010101000000",
        "2016-08-01 0858",
        "２０１６０８０１０８５８５７",
        " 20160801085857",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert instant(text) is None


@given(st.datetimes(min_value=datetime(1992, 1, 1), max_value=datetime(2199, 1, 1)))  # noqa: DTZ001
def test_written_time_reads_back(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    assert instant(seconds_text(at)) == at.replace(microsecond=0)
    assert instant(milliseconds_text(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_time_of_another_zone_is_written_as_beijing_time() -> None:
    assert seconds_text(datetime(2016, 8, 1, 9, 58, 57, tzinfo=timezone(timedelta(hours=9)))) == "20160801085857"


def test_early_year_keeps_four_digits() -> None:
    assert seconds_text(datetime(800, 1, 1, tzinfo=UTC)).startswith("0800")


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_count_from_2000(at: datetime) -> None:
    assert datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(at)) == at
