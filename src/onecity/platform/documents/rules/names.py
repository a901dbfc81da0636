"""Names of files as people gave them, made safe to show, store and send."""

import re
import unicodedata

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

# Control characters, and the marks by which a name can be shown backwards ("fdp.exe" for "exe.pdf").
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FORBIDDEN = re.compile(r'[<>:"|?*/\\]')
_BLANKS = re.compile(r"\s+")


class NameMissing(Invalid):
    """The file has no usable name."""

    code = "file_name_missing"
    message = zh("文件没有名称，无法保存")


def tidy_name(name: str, *, longest: int) -> str:
    """Return a file's name without folders, hidden characters and what a disk forbids; shortened before its ending.

    longest: characters, ending included.
    Raises: NameMissing if nothing is left before the ending.
    """
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = _BLANKS.sub(" ", _FORBIDDEN.sub("", _HIDDEN.sub("", bare))).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot:
        stem, ending = clean, ""
    stem = stem.strip(" .")
    if not stem:
        raise NameMissing
    return f"{stem[: longest - len(dot) - len(ending)].rstrip(' .')}{dot}{ending}"
