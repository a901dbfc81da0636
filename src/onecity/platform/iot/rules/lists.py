"""Lists of devices as people keep them: CSV with Chinese or English column names."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "key": "设备标识",
        "name": "设备名称",
        "type": "设备类型",
        "protocol": "接入协议",
        "organisation": "机构编码",
        "division": "所在网格",
        "longitude": "经度",
        "latitude": "纬度",
        "address": "安装地址",
        "password": "访问密码",
        "product": "产品编码",
        "parent": "所属网关",
        "tags": "标签",
    }
)
"""Columns by English name; the Chinese names are what a Chinese list has as its first line."""

NEEDED: Final = ("key", "name", "type", "protocol", "organisation")
MOST_LINES: Final = 5_000
BY_TITLE: Final = {title: name for name, title in COLUMNS.items()} | {name: name for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its number in the file, the header being 1, and its texts by column."""

    number: int
    values: Mapping[str, str]

    def value(self, name: str) -> str:
        """Return a column's text, "" where there is none."""
        return self.values.get(name, "")


def lines_of(text: str) -> list[Line]:
    """Read a list; columns of other names are passed over, and so are empty lines.

    Raises: Invalid for missing columns, no line at all, or more than `MOST_LINES`.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [BY_TITLE.get(title.strip().lower(), BY_TITLE.get(title.strip(), "")) for title in next(reader, [])]
    missing = [COLUMNS[name] for name in NEEDED if name not in header]
    if missing:
        raise Invalid(zh("缺少列：{names}"), params={"names": "、".join(missing)})
    found: list[Line] = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            values = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
            found.append(Line(reader.line_num, values))
        if len(found) > MOST_LINES:
            raise Invalid(zh("一次最多登记5000台设备"))
    if not found:
        raise Invalid(zh("清单中没有设备"))
    return found


def tags_of(text: str) -> tuple[str, ...]:
    """Return tags as people write them: apart by commas, semicolons or blanks."""
    for sign in "，,；;、":
        text = text.replace(sign, " ")
    return tuple(dict.fromkeys(text.split()))
