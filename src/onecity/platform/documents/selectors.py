"""Reading files: who holds one says who may read it."""

from dataclasses import dataclass
from typing import IO

from django.core.files.storage import default_storage
from django.urls import reverse

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.documents.contracts import DocumentInfo
from onecity.platform.documents.models import Document
from onecity.platform.documents.registries import holders


class FileMissing(Unavailable):
    """The row is there, its bytes are not: the storage is away, or was not restored with the database."""

    code = "file_missing"
    message = zh("文件内容暂时读不到，请联系系统管理员检查文件存储")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's facts and its open bytes; whoever asked closes them."""

    info: DocumentInfo
    bytes: IO[bytes]


def may_read(actor: Actor, row: Document) -> bool:
    """Say whether the row's holder lets the actor read; nobody reads where no module answers for the holder."""
    holder = holders().get(row.holder_code)
    return holder is not None and holder.may_read(actor, row.holder_id)


def documents_of(actor: Actor, *, holder: str, holder_id: int) -> list[DocumentInfo]:
    """Return the files of a holder in the order of their upload; withdrawn ones are left out.

    Raises: NotFound if the actor may not read them.
    """
    declared = holders().get(holder)
    if declared is None or not declared.may_read(actor, holder_id):
        raise NotFound
    rows = Document.objects.filter(holder_code=holder, holder_id=holder_id, state=Document.State.KEPT).order_by("id")
    return [info_of(row) for row in rows]


def document(actor: Actor, document_id: int) -> DocumentInfo:
    """Return one file's facts.

    Raises: NotFound if it is not there, withdrawn, or not for the actor to read.
    """
    return info_of(_readable(actor, document_id))


def opened(actor: Actor, document_id: int, *, thumbnail: bool = False) -> Opened:
    """Return one file with its bytes, or its thumbnail's bytes.

    Raises: NotFound as `document`, and if there is no thumbnail; FileMissing.
    """
    row = _readable(actor, document_id)
    name = row.thumbnail_name if thumbnail else row.storage_name
    if not name:
        raise NotFound(zh("没有这个文件"))
    try:
        return Opened(info_of(row), default_storage.open(name))
    except OSError:
        raise FileMissing from None


def info_of(row: Document) -> DocumentInfo:
    """Return a row as others see it."""
    return DocumentInfo(
        id=row.id,
        holder=row.holder_code,
        holder_id=row.holder_id,
        name=row.name,
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        width=row.width,
        height=row.height,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        url=reverse("documents:document", args=[row.id]),
        thumbnail_url=reverse("documents:thumbnail", args=[row.id]) if row.thumbnail_name else "",
    )


def _readable(actor: Actor, document_id: int) -> Document:
    row = Document.objects.filter(id=document_id, state=Document.State.KEPT).first()
    if row is None or not may_read(actor, row):
        raise NotFound(zh("没有这个文件"))
    return row
