"""The code tables and the editions."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.editions import Edition, edition_of, flag_meaning
from onecity.platform.iot.codecs.hj212.factors import FACTORS, FACTORS_2005
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.tables import COMMANDS, EXECUTION_RESULTS, REQUEST_RESULTS, SYSTEMS

UNITS = {
    "毫克/升": "mg/L",
    "微克/升": "µg/L",
    "升/秒": "L/s",
    "微西[门子]/厘米": "µS/cm",
    "摄氏度": "℃",
    "毫克/立方米": "mg/m³",
    "纳克/立方米": "ng/m³",
    "立方米/秒": "m³/s",
    "千帕": "kPa",
    "米/秒": "m/s",
    "[角]度": "°",
    "分贝": "dB",
    "%": "%",
    "无量纲": "",
    "千克": "kg",
    "克": "g",
    "立方米": "m³",
    "": "",
}


@pytest.mark.parametrize(
    ("flag", "edition", "answer"),
    [
        (None, Edition.HJ_2005, False),
        (0, Edition.HJ_2005, False),
        (1, Edition.HJ_2005, True),
        (4, Edition.HJ_2017, False),
        (5, Edition.HJ_2017, True),
        (7, Edition.HJ_2017, True),
        (8, Edition.HJ_2025, False),
        (9, Edition.HJ_2025, True),
    ],
)
def test_flag_names_the_edition_and_whether_an_answer_is_wanted(
    flag: int | None, edition: Edition, answer: bool
) -> None:
    packet = Packet(st="22", cn="2011", mn="A1", flag=flag)
    assert (packet.edition, packet.answer_wanted) == (edition, answer)


@given(st.integers(12, 255))
def test_unknown_version_is_read_by_the_newest_known_text(flag: int) -> None:
    assert edition_of(flag) is Edition.HJ_2017


def test_flag_bits_of_an_edition_lead_back_to_it() -> None:
    assert [edition_of(edition.flag_bits) for edition in Edition] == list(Edition)


def test_data_flags_are_those_of_the_standard() -> None:
    assert all(flag_meaning(letter, edition=Edition.HJ_2017) for letter in "NFMSDCTB")
    assert flag_meaning("P", edition=Edition.HJ_2017) is None


@pytest.mark.parametrize("letter", ["B", "D"])
def test_two_data_flags_changed_their_meaning(letter: str) -> None:
    assert flag_meaning(letter, edition=Edition.HJ_2005) != flag_meaning(letter, edition=Edition.HJ_2017)


def test_commands_of_the_2017_text_are_complete() -> None:
    known = {code for code, command in COMMANDS.items() if command.edition is Edition.HJ_2017}
    expected = """
        1000 1011 1012 1013 1061 1062 1063 1064 1072 2011 2012 2021 2022 2031 2041 2051 2061 2081
        3011 3012 3013 3014 3015 3016 3017 3018 3019 3020 3021 9011 9012 9013 9014"""
    assert sorted(known) == expected.split()


def test_result_codes_are_complete() -> None:
    assert set(REQUEST_RESULTS) == {*range(1, 10), 100}
    assert set(EXECUTION_RESULTS) == {*range(1, 7), 100}


def test_systems_are_complete() -> None:
    assert " ".join(sorted(SYSTEMS)) == "21 22 23 24 25 26 27 31 32 33 34 35 36 37 38 39 41 51 52 91"


def test_codes_of_2005_lead_to_factors() -> None:
    assert [FACTORS_2005[code].code for code in ("011", "060", "001", "B01", "02")] == [
        "w01018",
        "w21003",
        "w01001",
        "w00000",
        "a21026",
    ]


def test_particles_keep_the_unit_that_the_standard_prints() -> None:
    assert FACTORS["a34004"].unit == FACTORS["a34002"].unit == "ng/m³"


def test_ozone_says_that_it_is_not_from_this_standard() -> None:
    assert FACTORS["a05024"].source.startswith("HJ 524")


@pytest.mark.data
def test_factors_agree_with_an_independent_transcription() -> None:
    folder = os.environ.get("ONECITY_DATA")
    if not folder:
        pytest.skip("ONECITY_DATA does not name the folder of real files")
    with (Path(folder) / "device_frames" / "hj212_factor_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["ID"]: row for row in csv.DictReader(file)}
    ours = {code: factor for code, factor in FACTORS.items() if code != "a05024"}
    assert ours.keys() <= rows.keys()
    for code, factor in ours.items():
        row = rows[code]
        assert (factor.name, factor.code_2005) == (row["NAME"], row["原编码（HJ2005)"])
        assert (factor.unit, factor.total_unit) == (UNITS[row["单位"]], UNITS[row["排放量"]])
