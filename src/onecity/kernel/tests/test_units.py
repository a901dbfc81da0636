import re

from onecity.kernel import units


def test_catalogue_finds_each_unit_by_its_code() -> None:
    declared = [item for item in vars(units).values() if isinstance(item, units.Unit)]
    assert len(declared) == len(units.UNITS) >= 30
    assert all(units.UNITS[item.code] is item for item in declared)


def test_codes_have_no_blanks_and_names_are_chinese() -> None:
    for unit in units.UNITS.values():
        assert re.fullmatch(r"[!-~]+", unit.code)
        assert re.search(r"[一-鿿]", unit.name)


def test_air_quality_units_are_told_apart() -> None:
    assert units.UNITS["ug/m3"].symbol == "μg/m³"
    assert units.UNITS["mg/m3"].symbol == "mg/m³"
