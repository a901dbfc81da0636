"""Addresses are taken apart by their marks, and compared part by part."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.geo.rules.addresses import (
    AddressParts,
    Gazetteer,
    GazetteerEntry,
    address_score,
    parse_address,
)

NAMES = Gazetteer.of(
    GazetteerEntry(code, name)
    for code, name in {
        "22": "吉林省",
        "2201": "长春市",
        "220102": "南关区",
        "220103": "宽城区",
        "220102003": "长通街道",
        "2202": "吉林市",
    }.items()
)


def parts(text: str) -> dict[str, str]:
    """Return what was read, without empty parts."""
    read = parse_address(text, gazetteer=NAMES, within="2201")
    return {name: getattr(read, name) for name in AddressParts.__slots__ if getattr(read, name)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("吉林省长春市南关区陕西路151号", {"division_code": "220102", "road": "陕西路", "number": "151"}),
        (
            "吉林长春市南关区长通街道光复路３０９栋11号门",
            {"division_code": "220102003", "road": "光复路", "building": "309", "unit": "11"},
        ),
        ("吉林大路535号", {"division_code": "2201", "road": "吉林大路", "number": "535"}),
        ("人民大街1968号", {"division_code": "2201", "road": "人民大街", "number": "1968"}),
        ("长春市南关区光复路小区113栋", {"division_code": "220102", "estate": "光复路小区", "building": "113"}),
        (
            "宽城区东七条街316-a号附近",
            {"division_code": "220103", "road": "东七条街", "number": "316-A", "rest": "附近"},
        ),
        (
            "陕西路中环小区三号楼二单元一〇一室",
            {
                "division_code": "2201",
                "road": "陕西路",
                "estate": "中环小区",
                "building": "3",
                "unit": "2",
                "room": "101",
            },
        ),
        (
            "长通路59号3-2-501",
            {"division_code": "2201", "road": "长通路", "number": "59", "building": "3", "unit": "2", "room": "501"},
        ),
        ("宽城区东广街道长白路5号", {"division_code": "220103", "street": "东广街道", "road": "长白路", "number": "5"}),
        (
            "西四马路141号美嘉城一楼（东侧）",
            {"division_code": "2201", "road": "西四马路", "number": "141", "estate": "美嘉城", "floor": "1"},
        ),
        ("新天地购物公园地下一层", {"division_code": "2201", "estate": "新天地购物公园", "floor": "-1"}),
        ("民康路十二弄8号", {"division_code": "2201", "road": "民康路", "lane": "12", "number": "8"}),
        ("一百零五号", {"division_code": "2201", "number": "105"}),
        ("", {"division_code": "2201"}),
    ],
)
def test_address_is_taken_apart(text: str, expected: dict[str, str]) -> None:
    assert parts(text) == expected


@given(st.text(max_size=60))
def test_every_text_has_an_answer_and_nothing_is_read_twice(text: str) -> None:
    read = parse_address(text, gazetteer=NAMES)
    assert (
        sum(len(getattr(read, name)) for name in AddressParts.__slots__ if name != "division_code") <= 2 * len(text) + 4
    )


def test_division_that_is_named_is_held_within_the_one_before() -> None:
    assert parse_address("吉林省吉林市", gazetteer=NAMES).division_code == "2202"


def score(one: str, other: str) -> float:
    return address_score(
        parse_address(one, gazetteer=NAMES, within="2201"), parse_address(other, gazetteer=NAMES, within="2201")
    )


def test_the_same_address_written_two_ways_scores_one() -> None:
    assert score("南关区陕西路151号", "吉林省长春市南关区 陕西路１５１号") == 1.0


def test_another_house_number_is_another_place() -> None:
    assert score("南关区陕西路151号", "南关区陕西路153号") <= 0.5


def test_another_county_is_elsewhere() -> None:
    assert score("南关区陕西路151号", "宽城区陕西路151号") <= 0.3


def test_a_misspelt_road_costs_little() -> None:
    assert 0.85 <= score("南关区伪满皇宫大街151号", "南关区伪皇宫大街151号") < 1.0


def test_unlike_roads_do_not_agree() -> None:
    assert score("南关区陕西路151号", "南关区人民大街151号") < 0.7


def test_an_address_that_is_only_a_division_matches_nothing() -> None:
    assert score("南关区", "南关区陕西路151号") == 0.0


def test_coarser_known_address_scores_between() -> None:
    assert 0.6 < score("南关区陕西路151号2单元301室", "南关区陕西路151号") < 1.0


@given(st.text(max_size=30), st.text(max_size=30))
def test_scores_lie_between_zero_and_one(one: str, other: str) -> None:
    assert 0.0 <= score(one, other) <= 1.0


@pytest.mark.data
def test_real_addresses_of_shops_are_located(data: Path) -> None:
    with (data / "map/changchun/poi_baidu.csv").open(encoding="utf-8-sig") as file:
        texts = [row["Address"] for row in csv.DictReader(file)]
    located = [text for text in texts if parse_address(text, gazetteer=NAMES, within="2201").is_located]
    assert len(located) >= 0.93 * len(texts)
