"""Positions in words."""

from onecity.platform.geo.rules.wording import ON_ROAD_M, position_in_words


def test_point_on_a_street_is_named_by_it() -> None:
    text = position_in_words(full_name="朝阳区红旗街道", road="人民大街", road_distance_m=ON_ROAD_M)
    assert text == "朝阳区红旗街道 人民大街"


def test_point_beside_a_street_is_near_it() -> None:
    text = position_in_words(full_name="朝阳区红旗街道", road="人民大街", road_distance_m=ON_ROAD_M + 1)
    assert text == "朝阳区红旗街道 人民大街附近"


def test_without_a_street_the_division_alone_is_named() -> None:
    assert position_in_words(full_name="朝阳区红旗街道", road="", road_distance_m=0) == "朝阳区红旗街道"


def test_without_a_division_the_street_alone_is_named() -> None:
    assert position_in_words(full_name="", road="人民大街", road_distance_m=90) == "人民大街附近"
