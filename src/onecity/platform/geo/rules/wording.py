"""A position in words, as a case or a message names it."""

from typing import Final

ON_ROAD_M: Final = 30.0
"""Up to so far from a street's middle line a point is on it, further away it is near it. House rule."""


def position_in_words(*, full_name: str, road: str, road_distance_m: float) -> str:
    """Return where something is, in Chinese: `朝阳区红旗街道红旗社区 人民大街附近`.

    full_name: the divisions from the county down. road: name of the nearest street, empty where none is near.
    Source: house rule.
    """
    if not road:
        return full_name
    place = road if road_distance_m <= ON_ROAD_M else f"{road}附近"
    return f"{full_name} {place}" if full_name else place
