"""How moods, levels and bodies are shown."""

from collections.abc import Mapping
from typing import Final

from onecity.domains.opinion.rules.warnings import LEVEL_NAMES
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations
from onecity.web.listing import Badge

MOODS: Final[Mapping[str, Badge]] = {
    "": Badge(zh("未判定"), "grey"),
    "positive": Badge(zh("正面"), "green"),
    "neutral": Badge(zh("中性"), "blue"),
    "negative": Badge(zh("负面"), "red"),
}
LEVEL_BADGES: Final[Mapping[int, Badge]] = {
    0: Badge(zh("无预警"), "grey"),
    1: Badge(LEVEL_NAMES[1], "blue"),
    2: Badge(LEVEL_NAMES[2], "yellow"),
    3: Badge(LEVEL_NAMES[3], "orange"),
    4: Badge(LEVEL_NAMES[4], "red"),
}


def bodies() -> list[tuple[int, str]]:
    """Return the bodies of the city for a choice."""
    return [(item.id, item.short_name or item.name) for item in organisations()]
