"""All file formats."""

from pathlib import PurePosixPath
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.formats.columnar import Parquet
from onecity.platform.exchange.connectors.formats.contract import Format
from onecity.platform.exchange.connectors.formats.delimited import Delimited
from onecity.platform.exchange.connectors.formats.objects import JsonDocument, JsonLines
from onecity.platform.exchange.connectors.formats.workbooks import Excel

FORMATS: Final[dict[str, Format]] = {
    "csv": Delimited(),
    "excel": Excel(),
    "json": JsonDocument(),
    "jsonl": JsonLines(),
    "parquet": Parquet(),
}


def format_of(name: str, told: str) -> Format:
    """Return the format that was told, for `auto` the one that a file's name says. Raises: NotUnderstood."""
    found = FORMATS.get(told) or next((one for one in FORMATS.values() if suffix_of(name) in one.suffixes), None)
    if found is None:
        raise NotUnderstood(zh("不知道“{name}”是哪种文件，请指定文件格式"), params={"name": name})
    return found


def is_known(name: str, told: str) -> bool:
    """Say whether a file can be read."""
    return told in FORMATS or any(suffix_of(name) in one.suffixes for one in FORMATS.values())


def suffix_of(name: str) -> str:
    """Return a file's suffix in small letters."""
    return PurePosixPath(name).suffix.lower()
