"""Which encoding a text file has."""

import codecs
from typing import Final, Protocol

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOOK_AT: Final = 4 << 20
_STEP: Final = 1 << 20


class Readable(Protocol):
    """What is needed of a file."""

    def read(self, size: int = -1, /) -> bytes:
        """Read some bytes."""

    def seek(self, place: int, whence: int = 0, /) -> int:
        """Go somewhere."""


def encoding_of(file: Readable, told: str) -> str:
    """Return the encoding that was told; for `auto` what the byte-order mark or the first 4 MiB say.

    Text that is no UTF-8 is taken for GB 18030, which includes GBK and GB 2312. The file stands at its beginning again.
    Source: GB 18030-2022.
    """
    if told != "auto":
        return told
    file.seek(0)
    first = file.read(_STEP)
    marked = next((name for mark, name in _MARKS if first.startswith(mark)), "")
    found = marked or ("utf-8" if _is_utf8(file, first) else "gb18030")
    file.seek(0)
    return found


def _is_utf8(file: Readable, chunk: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen = 0
    try:
        while chunk and seen < _LOOK_AT:
            decoder.decode(chunk)
            seen += len(chunk)
            chunk = file.read(_STEP)
        if not chunk:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
