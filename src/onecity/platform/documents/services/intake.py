"""Taking a file in: read no further than the limit, told by its content, made harmless."""

from dataclasses import dataclass
from typing import Final, assert_never

from django.conf import settings

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.documents.contracts import Upload
from onecity.platform.documents.rules.content import check_head, check_package, check_pdf, check_text
from onecity.platform.documents.rules.kinds import Kind, kind_of_name
from onecity.platform.documents.rules.limits import MIB, Limits
from onecity.platform.documents.rules.names import tidy_name
from onecity.platform.documents.services.images import clean_picture

_NO_THUMBNAIL: Final = b""


class FileTooLarge(Invalid):
    """The file is larger than one may be."""

    code = "file_too_large"
    message = zh("文件“{name}”超过 {megabytes} MB，请压缩后再上传")


class FileEmpty(Invalid):
    """The file holds nothing."""

    code = "file_empty"
    message = zh("文件“{name}”是空的")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that may be stored: its bytes as they will be kept, and what is known of it."""

    name: str
    kind: Kind
    media_type: str
    content: bytes
    thumbnail: bytes = _NO_THUMBNAIL
    width: int | None = None
    height: int | None = None


def limits() -> Limits:
    """Return the limits of this installation."""
    return Limits(largest_bytes=settings.ENV.upload_mb * MIB)


def take_in(upload: Upload, *, limits: Limits) -> Taken:
    """Read and judge a file.

    Raises: NameMissing, FileKindRefused, FileTooLarge, FileEmpty, FileContentRefused, ImageTooLarge.
    """
    name = tidy_name(upload.name or "", longest=limits.longest_name)
    kind = kind_of_name(name)
    content = _read(upload, name=name, largest=limits.largest_bytes)
    check_head(content, kind=kind, name=name)
    match kind.family:
        case "image":
            picture = clean_picture(content, kind=kind, name=name, limits=limits)
            return Taken(name, kind, kind.media_type, picture.content, picture.thumbnail, picture.width, picture.height)
        case "text":
            charset = check_text(content, name=name)
            return Taken(name, kind, f"{kind.media_type}; charset={charset}", content)
        case "pdf":
            check_pdf(content, name=name)
        case "package":
            check_package(content, kind=kind, name=name, limits=limits)
        case _:
            assert_never(kind.family)
    return Taken(name, kind, kind.media_type, content)


def _read(upload: Upload, *, name: str, largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in upload.chunks():
        size += len(part)
        if size > largest:
            raise FileTooLarge(params={"name": name, "megabytes": largest // MIB})
        parts.append(part)
    if not size:
        raise FileEmpty(params={"name": name})
    return b"".join(parts)
