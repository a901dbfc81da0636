"""One way of writing: half-width digits, capitals, Arabic numerals before marks such as 号楼 and 单元."""

import re
import unicodedata
from typing import Final

_DIGITS: Final = {"〇": 0, "两": 2} | {mark: value for value, mark in enumerate("零一二三四五六七八九")}
_TENS: Final = {"十": 10, "百": 100}
_COUNTED: Final = re.compile(r"([〇零一二两三四五六七八九十百]+)(?=号|栋|幢|座|单元|门|层|楼|室|期|弄)")
_REMARK: Final = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_IGNORED: Final = re.compile(r"[\s·,，。;；、\"']+")
_DASH: Final = re.compile(r"[‐‑‒–—―－~～]")
_CELLAR: Final = re.compile(r"(?:地下|负)(\d+)(?=层|楼|室)")


def tidy(text: str) -> str:
    """Return an address in one way of writing: no blanks and remarks in brackets, half width, capitals, digits."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = _IGNORED.sub("", _REMARK.sub("", _DASH.sub("-", plain)))
    plain = _COUNTED.sub(lambda found: _arabic(found[1]), plain)
    return _CELLAR.sub(r"-\1", plain)


def _arabic(numeral: str) -> str:
    if not set(numeral) & set(_TENS):
        return "".join(str(_DIGITS[mark]) for mark in numeral)
    total, pending = 0, 0
    for mark in numeral:
        if mark in _DIGITS:
            pending = _DIGITS[mark]
        else:
            total += (pending or 1) * _TENS[mark]
            pending = 0
    return str(total + pending)
