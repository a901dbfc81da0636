"""The parameters of OGC API Features."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.geo.rules.feature_query import (
    DEFAULT_LIMIT,
    LARGEST_LIMIT,
    BadParameter,
    parse_feature_query,
    parse_key,
    refuse_unknown,
)

NAMES = ("kind", "name")
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


def fault(**parameters: str) -> set[str]:
    """Return the names of the parameters that a refusal points at."""
    with pytest.raises(BadParameter) as caught:
        parse_feature_query(parameters, properties=NAMES)
    return set(caught.value.fields)


def test_nothing_asked_is_the_first_ten() -> None:
    query = parse_feature_query({}, properties=NAMES)
    assert (query.limit, query.boxes, query.start, query.end, query.equal, query.after) == (
        10,
        (),
        None,
        None,
        (),
        None,
    )
    assert DEFAULT_LIMIT == 10


def test_limit_above_the_largest_is_the_largest() -> None:
    assert parse_feature_query({"limit": "99999999"}, properties=NAMES).limit == LARGEST_LIMIT


@pytest.mark.parametrize("text", ["0", "-1", "", "ten", "1.5", "１０"])
def test_limit_that_is_no_number_from_one_up_is_refused(text: str) -> None:
    assert fault(limit=text) == {"limit"}


def test_unknown_parameter_is_refused_by_name() -> None:
    assert fault(colour="red") == {"colour"}


def test_properties_of_the_layer_pick_features() -> None:
    assert parse_feature_query({"kind": "water"}, properties=NAMES).equal == (("kind", "water"),)


def test_bad_box_is_refused() -> None:
    assert fault(bbox="1,2,3") == {"bbox"}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-03-10T04:00:00Z", NOON, NOON),
        ("2026-03-10t04:00:00z", NOON, NOON),
        ("2026-03-10T12:00:00+08:00/..", NOON, None),
        ("../2026-03-10T04:00:00Z", None, NOON),
        ("/2026-03-10T04:00:00Z", None, NOON),
        ("2026-03-10T04:00:00Z/", NOON, None),
        ("2026-03-10T04:00:00.000Z/2026-03-10T04:00:00Z", NOON, NOON),
    ],
)
def test_instants_and_intervals_are_read(text: str, start: datetime | None, end: datetime | None) -> None:
    query = parse_feature_query({"datetime": text}, properties=NAMES)
    assert (query.start, query.end) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["", "..", "../..", "/", "2026-03-10", "2026-03-10T04:00:00", "yesterday",
     "2026-03-11T00:00:00Z/2026-03-10T00:00:00Z", "2026-03-10T04:00:00Z/2026-03-10T04:00:00Z/.."],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    assert fault(datetime=text) == {"datetime"}


@pytest.mark.parametrize("text", ["x", "-1", str(2**63), "1.0"])
def test_page_key_that_was_never_given_out_is_refused(text: str) -> None:
    assert fault(after=text) == {"after"}


@given(st.integers(0, 2**63 - 1))
def test_page_key_is_read(number: int) -> None:
    assert parse_feature_query({"after": str(number)}, properties=NAMES).after == number


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("0", 0), ("abc", -1), ("", -1), ("９", -1), ("9" * 30, -1)])
def test_feature_id_that_cannot_be_one_is_none_of_ours(text: str, number: int) -> None:
    assert parse_key(text) == number


def test_only_json_is_offered() -> None:
    refuse_unknown({"f": "json"})
    with pytest.raises(BadParameter) as caught:
        refuse_unknown({"f": "html"})
    assert set(caught.value.fields) == {"f"}
