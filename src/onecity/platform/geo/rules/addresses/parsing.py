"""Reading an address from left to right: divisions by name; roads, numbers, buildings, rooms by their marks."""

import re
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.geo.rules.addresses.parts import AddressParts, Gazetteer, GazetteerEntry
from onecity.platform.geo.rules.addresses.wording import tidy

_WORD: Final = r"[\u4e00-\u9fff0-9A-Z]"
_ESTATE_MARK: Final = (
    r"(?:小区|家园|花园|公寓|大厦|广场|新村|新城|商城|商场|市场|社区|宿舍|名居|名苑|半岛|公园|大楼|中心|酒店|宾馆"
    r"|苑|园|庄|府|里(?!巷)|城(?!市|区|大厦|广场))"
)
_STAGE: Final = r"(?:(?:[A-Z]|\d{1,2}|[东西南北中一二三四五六七八九十])(?:区|期))?"
_ROAD_MARK: Final = r"(?:大路|大街|大道|公路|胡同|马路|路|街(?!道)|巷|条(?!街|路))"
_AFTER_ROAD: Final = r"(?!小区|家园|花园|社区|新村|市场|街|路)"

STREET: Final = re.compile(r"(?P<street>[\u4e00-\u9fff]{2,8}?(?:街道|镇|乡))(?!政府|卫生院)")
ROAD: Final = re.compile(
    rf"(?P<road>[\u4e00-\u9fff]{{1,9}}?{_ROAD_MARK}{_AFTER_ROAD}(?:[东西南北中](?:段|侧)?(?=\d))?)"
)
LANE: Final = re.compile(r"(?P<lane>\d{1,5})弄")
NUMBER: Final = re.compile(r"(?P<number>\d{1,5}(?:-(?:\d{1,4}|[A-Z]))?[A-Z]?)号(?!楼|门|线|店|铺)(?:院|附\d+号?)?")
ESTATE: Final = re.compile(rf"(?P<estate>{_WORD}{{2,14}}?{_ESTATE_MARK}{_STAGE})")
BUILDING: Final = re.compile(r"第?(?P<building>[A-Z]?\d{1,4}[A-Z]?|[A-Z])(?:号楼|栋房?|幢|座)")
UNIT: Final = re.compile(r"(?P<unit>\d{1,2})(?:单元|号?门)")
FLOOR: Final = re.compile(
    r"第?(?P<floor>(?:-?\d{1,3}|B\d{1,2}F?|\d{0,2}F\d{0,2})(?=层|楼)|F\d{1,2}(?!\d)|\d{1,2}F(?!\d|[A-Z]))(?:层|楼)?"
)
ROOM: Final = re.compile(r"第?(?P<room>[A-Z0-9]{1,8}(?:-[A-Z0-9]{1,4})?)(?:室|号商铺|号铺|号店)")
COMPACT: Final = re.compile(r"(?P<building>\d{1,3})-(?P<unit>\d{1,2})-(?P<room>\d{3,4})$")
_ORDER: Final = (LANE, NUMBER, ESTATE, COMPACT, BUILDING, UNIT, FLOOR, ROOM)
_LONGEST: Final = 200
_ROAD_ONLY: Final = re.compile(r"(?:大路|大街|大道|路|街)")


@dataclass(slots=True)
class _Reading:
    """What has been read, and the text that is left."""

    left: str
    parts: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> bool:
        """Read a part at the beginning of what is left, unless it has been read before."""
        found = pattern.match(self.left)
        if found is None or any(name in self.parts for name in found.groupdict()):
            return False
        self.parts.update(found.groupdict())
        self.left = self.left[found.end() :]
        return True

    def skip(self) -> None:
        """Put the next character to what no rule reads."""
        self.rest.append(self.left[0])
        self.left = self.left[1:]


def parse_address(text: str, *, gazetteer: Gazetteer, within: str = "") -> AddressParts:
    """Return an address taken apart. Every text has an answer; what is not understood stands in `rest`.

    within: digits of the division that is meant when the text names none, such as the city's.
    Source: GB/T 35639-2017 (order of the parts); the reading rules are house rules.
    """
    reading = _Reading(tidy(text[:_LONGEST]))
    code = _divisions(reading, gazetteer, within)
    reading.take(STREET)
    _locality(reading)
    while reading.left:
        if not any(reading.take(pattern) for pattern in _ORDER) and not (
            "road" not in reading.parts and reading.take(ROAD)
        ):
            reading.skip()
    return AddressParts(division_code=code, rest="".join(reading.rest), **reading.parts)


def _divisions(reading: _Reading, gazetteer: Gazetteer, within: str) -> str:
    """Read the names of divisions; a short one counts only when another division follows (吉林长春, but 吉林大路)."""
    code = ""
    while True:
        found = gazetteer.at_start(reading.left, below=code) or gazetteer.at_start(reading.left, below="")
        step = next((one for one in found if one[1].code != code and _counts(one, reading.left, gazetteer)), None)
        if step is None:
            return code or within
        name, entry = step
        reading.left, code = reading.left[len(name) :], entry.code


def _counts(found: tuple[str, GazetteerEntry], text: str, gazetteer: Gazetteer) -> bool:
    """Say whether a name at the beginning means the division, and not a road that is called after it."""
    name, entry = found
    after = text[len(name) :]
    if name != entry.name:
        return any(name_after == below.name for name_after, below in gazetteer.at_start(after, below=entry.code))
    return not _ROAD_ONLY.match(after)


def _locality(reading: _Reading) -> None:
    """Read the road or the estate that an address begins with, whichever mark comes first."""
    road, estate = ROAD.match(reading.left), ESTATE.match(reading.left)
    if road and (estate is None or road.end() <= estate.end()):
        reading.take(ROAD)
    elif estate:
        reading.take(ESTATE)
