import pytest

from onecity.domains.environment.rules.levels import LEVELS, level_of


@pytest.mark.parametrize(
    ("first", "last", "number", "category", "colour", "css"),
    [
        (0, 50, 1, "优", "绿色", "#00e400"),
        (51, 100, 2, "良", "黄色", "#ffff00"),
        (101, 150, 3, "轻度污染", "橙色", "#ff7e00"),
        (151, 200, 4, "中度污染", "红色", "#ff0000"),
        (201, 300, 5, "重度污染", "紫色", "#99004c"),
        (301, 500, 6, "严重污染", "褐红色", "#7e0023"),
    ],
)
def test_level_holds_from_its_first_to_its_last_index(
    first: int, last: int, number: int, category: str, colour: str, css: str
) -> None:
    assert level_of(first) is level_of(last)
    level = level_of(first)
    assert (level.number, level.category, level.colour, level.css) == (number, category, colour, css)


@pytest.mark.parametrize("aqi", [-1, 501])
def test_index_off_the_scale_has_no_level(aqi: int) -> None:
    with pytest.raises(ValueError, match="0 and 500"):
        level_of(aqi)


def test_levels_are_numbered_in_order() -> None:
    assert [level.numeral for level in LEVELS] == ["一级", "二级", "三级", "四级", "五级", "六级"]
