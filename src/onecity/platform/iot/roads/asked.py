"""What the history is asked for over HTTP, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.declare import PERIOD_NAMES
from onecity.platform.iot.rules.series import SUB_VALUES

FORMATS: Final = ("json", "csv", "arrow")
SHAPES: Final = ("minmax", "lttb")
STEPS: Final[Mapping[str, int]] = {
    "raw": 0, "minute": 60, "5m": 300, "15m": 900, "hour": 3_600, "3h": 10_800, "6h": 21_600, "day": 86_400,
    "week": 604_800,
}  # fmt: skip
MOST_NAMES: Final = 500
MOST_READINGS: Final = 100_000
MOST_POINTS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. streams: ids; or devices (keys, or all of a type) with properties, periods and kinds, () for all.

    after: where the last page of readings ended: datastream and microseconds since 2000.
    """

    streams: tuple[int, ...]
    devices: tuple[str, ...]
    type_code: str
    properties: tuple[str, ...]
    periods: tuple[str, ...]
    sub_values: tuple[str, ...]
    since: datetime
    until: datetime
    step_s: int
    points: int
    shape: str
    expected_s: int
    form: str
    size: int
    after: tuple[int, int] | None


def read(given: Mapping[str, object]) -> Asked:
    """Read a question from an address's or a body's values.

    Raises: Invalid naming the fields.
    """
    reader = _Reader(given)
    asked = Asked(
        streams=tuple(reader.whole("streams", text) for text in reader.names("streams")),
        devices=reader.names("devices"),
        type_code=reader.text("type"),
        properties=reader.names("properties"),
        periods=reader.names("periods"),
        sub_values=reader.names("sub_values") if "sub_values" in given else tuple(SUB_VALUES),
        since=reader.instant("since"),
        until=reader.instant("until"),
        step_s=reader.step(),
        points=reader.number("points", most=MOST_POINTS),
        shape=reader.choice("shape", SHAPES),
        expected_s=reader.number("expected_s", most=31 * 86_400),
        form=reader.choice("format", FORMATS),
        size=reader.number("size", most=MOST_READINGS) or MOST_READINGS // 10,
        after=reader.after(),
    )
    if not (asked.streams or asked.devices or asked.type_code):
        reader.faults["streams"] = zh("请指定数据流、设备或设备类型")
    if any(period not in PERIOD_NAMES for period in asked.periods):
        reader.faults["periods"] = zh("没有这个选项")
    if reader.faults:
        raise Invalid(fields=reader.faults)
    return asked


class _Reader:
    """Takes values out of a request and gathers what is wrong with them."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given
        self.faults: dict[str, str] = {}

    def text(self, name: str) -> str:
        value = self._given.get(name, "")
        return str(value).strip().replace("\0", "") if isinstance(value, str | int) else ""

    def names(self, name: str) -> tuple[str, ...]:
        value = self._given.get(name, "")
        parts = value if isinstance(value, list) else str(value).split(",")
        found = tuple(dict.fromkeys(str(part).strip() for part in parts))
        found = tuple(part for part in found if "\0" not in part and (part or (name == "sub_values" and value != "")))
        if len(found) > MOST_NAMES:
            self.faults[name] = zh("一次最多查询500项")
        return found[:MOST_NAMES]

    def whole(self, name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            self.faults[name] = zh("应为整数")
            return 0
        return int(text)

    def number(self, name: str, *, most: int) -> int:
        text = self.text(name)
        found = self.whole(name, text) if text else 0
        if found > most:
            self.faults[name] = zh("数值过大")
        return min(found, most)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        text = self.text(name) or choices[0]
        if text not in choices:
            self.faults[name] = zh("没有这个选项")
            return choices[0]
        return text

    def step(self) -> int:
        text = self.text("step") or "raw"
        if text in STEPS:
            return STEPS[text]
        return self.whole("step", text)

    def instant(self, name: str) -> datetime:
        try:
            found = datetime.fromisoformat(self.text(name).replace(" ", "+"))  # a plus sign in an address is a space
        except ValueError:
            found = datetime.min  # noqa: DTZ901  # refused below
        if found.tzinfo is None:
            self.faults[name] = zh("时间应写明时区，如 2026-03-01T00:00:00+08:00")
            return datetime.fromisoformat("2000-01-01T00:00:00+00:00")
        return found

    def after(self) -> tuple[int, int] | None:
        text = self.text("after")
        if not text:
            return None
        stream, _, at = text.partition(".")
        if not (stream.isdigit() and at.lstrip("-").isdigit() and len(text) < 40):
            self.faults["after"] = zh("翻页标记无效，请从第一页重新开始")
            return None
        return int(stream), int(at)
