"""City packs: a folder is a city; misspelt files are refused; data that are missing lead to the sample city."""

from pathlib import Path

import pytest

from onecity.demo import packs
from onecity.demo.packs import SAMPLE, BadPack, UnknownCity, pack_codes, pack_in_force, read_pack
from onecity.kernel.identifiers.divisions import Level, parse_division_code


@pytest.mark.parametrize("code", pack_codes())
def test_every_pack_is_read_and_lies_in_its_city(code: str) -> None:
    pack = read_pack(code)
    assert parse_division_code(pack.division_code).level is Level.CITY
    assert pack.built_up
    assert pack.streets is not None
    assert pack.needs_data == (code != SAMPLE)


def test_cities_of_the_demonstration_are_there() -> None:
    assert set(pack_codes()) == {"changchun", "liaoyuan", "changzhou", "chengdu", "sample"}


@pytest.mark.parametrize("code", [code for code in pack_codes() if code != SAMPLE])
def test_every_file_that_a_pack_names_is_in_the_data(code: str, data: Path) -> None:
    pack = read_pack(code)
    assert pack.codes is not None
    named = [pack.codes.counties, pack.codes.streets, pack.codes.communities, *pack.files.values()]
    named += [item.file for item in pack.boundaries]
    named += [item.file for item in (*pack.roads, *pack.areas, *pack.places)]
    assert [name for name in named if not (data / name).is_file()] == []


def test_unknown_city_is_refused() -> None:
    with pytest.raises(UnknownCity):
        read_pack("atlantis")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("code = ", "Invalid"),
        ('code = "odd"\nname = 3', "name"),
        ('code = "odd"\ncolour = "red"', "colour"),
        ('code = "other"\nname = "甲"\ndivision_code = "220100"\nattribution = ""\nbuilt_up = []\n'
         "demo_start = 2026-10-27T16:00:00+08:00\n"
         "[view]\nlongitude = 1.0\nlatitude = 1.0\nzoom = 1.0", "other"),
    ],
)  # fmt: skip
def test_pack_that_breaks_its_form_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/city.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(packs, "CITIES", tmp_path)
    with pytest.raises(BadPack) as caught:
        read_pack("odd")
    assert reason in str(caught.value)


def test_without_data_the_sample_city_stands_in() -> None:
    assert pack_in_force("changchun", data=None).code == SAMPLE
    assert pack_in_force("changchun", data=Path("/")).code == "changchun"
    assert pack_in_force(SAMPLE, data=Path("/")).code == SAMPLE
