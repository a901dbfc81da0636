"""Storing, copying and withdrawing files.

The bytes are written first, the rows in the caller's transaction: a row never points at half a file. Bytes whose row
did not come to stand are swept away later (`services.sweep`).
"""

import contextlib
import errno
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.documents import events
from onecity.platform.documents.contracts import DocumentInfo, Upload
from onecity.platform.documents.models import Document
from onecity.platform.documents.registries import holders
from onecity.platform.documents.selectors import info_of, may_read
from onecity.platform.documents.services.intake import Taken, limits, take_in
from onecity.platform.identity import api as identity

_NAME_BYTES: Final = 16
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class StorageFull(Unavailable):
    """The file storage has no room left; nothing of the file was kept."""

    code = "storage_full"
    message = zh("文件存储空间不足，文件没有保存，请联系系统管理员")


class StorageAway(Unavailable):
    """The file storage does not answer or refuses to write; nothing of the file was kept."""

    code = "storage_away"
    message = zh("文件存储暂时不可用，文件没有保存，请稍后重试")


class TooManyFiles(Invalid):
    """More files in one go than are taken."""

    code = "too_many_files"
    message = zh("一次最多上传 {count} 个文件")


class AlreadyWithdrawn(Conflict):
    """The file was withdrawn before."""

    code = "document_already_withdrawn"
    message = zh("文件已经撤回")


class UnknownHolder(Exception):
    """No module declares this kind of holder: a mistake in the calling code."""


def store(
    actor: Actor, *, holder: str, holder_id: int, upload: Upload, now: datetime, division_code: str = ""
) -> DocumentInfo:
    """Store one file; see `attach`."""
    return attach(actor, holder=holder, holder_id=holder_id, uploads=[upload], now=now, division_code=division_code)[0]


def attach(
    actor: Actor, *, holder: str, holder_id: int, uploads: Sequence[Upload], now: datetime, division_code: str = ""
) -> list[DocumentInfo]:
    """Store several files with one holder, all or none, in the caller's transaction.

    The caller has checked that the actor may add files to the row. now: city time. division_code: where the holder
    lies, when it lies somewhere. Images are stored anew, without EXIF and position.
    Raises: TooManyFiles, NameMissing, FileKindRefused, FileTooLarge, FileEmpty, FileContentRefused, ImageTooLarge;
        StorageFull, StorageAway; UnknownHolder.
    """
    if holder not in holders():
        raise UnknownHolder(holder)
    bounds = limits()
    if len(uploads) > bounds.most_files:
        raise TooManyFiles(params={"count": bounds.most_files})
    written: list[str] = []
    try:
        rows = []
        for upload in uploads:
            taken = take_in(upload, limits=bounds)
            storage_name = _write(taken.content, written)
            thumbnail_name = _write(taken.thumbnail, written) if taken.thumbnail else ""
            row = _row(taken, storage_name=storage_name, thumbnail_name=thumbnail_name)
            row.holder_code, row.holder_id, row.division_code = holder, holder_id, division_code
            row.uploaded_by, row.organisation_id, row.uploaded_at = actor.key, actor.organisation_id, now
            rows.append(row)
        with transaction.atomic():
            Document.objects.bulk_create(rows)
            for row in rows:
                _tell(actor, row, action="documents.store")
    except BaseException:
        _unwrite(written)
        raise
    return [info_of(row) for row in rows]


def copy_to(
    actor: Actor, *, document_ids: Sequence[int], holder: str, holder_id: int, division_code: str = ""
) -> list[DocumentInfo]:
    """Let another holder hold the same files too; the bytes are shared, who and when stay.

    The caller has checked that the actor may add files to the new holder's row.
    Raises: NotFound if one is not there, withdrawn, or not for the actor to read; UnknownHolder.
    """
    if holder not in holders():
        raise UnknownHolder(holder)
    with transaction.atomic():
        found = Document.objects.in_bulk(list(document_ids))
        rows = []
        for document_id in document_ids:
            row = found.get(document_id)
            if row is None or row.state != Document.State.KEPT or not may_read(actor, row):
                raise NotFound(zh("没有这个文件"))
            row.pk = None
            row.holder_code, row.holder_id = holder, holder_id
            row.division_code = division_code or row.division_code
            rows.append(row)
        Document.objects.bulk_create(rows)
        for row in rows:
            _tell(actor, row, action="documents.copy")
    return [info_of(row) for row in rows]


def withdraw(actor: Actor, *, document_id: int, reason: str, now: datetime) -> None:
    """Take a file out of its holder's files; row and bytes stay on record.

    The caller has checked that the actor may change the holder's row. now: city time.
    Raises: NotFound; AlreadyWithdrawn.
    """
    with transaction.atomic():
        row = Document.objects.select_for_update().filter(id=document_id).first()
        if row is None:
            raise NotFound(zh("没有这个文件"))
        if row.state == Document.State.WITHDRAWN:
            raise AlreadyWithdrawn
        row.state, row.withdrawn_at = Document.State.WITHDRAWN, now
        row.withdrawn_by, row.withdrawn_reason = actor.key, reason.strip()[:200]
        row.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        identity.record(actor, action="documents.withdraw", target=f"documents.document:{row.id}")
        bus.announce(events.WITHDRAWN, document_id=row.id, holder=row.holder_code, holder_id=row.holder_id)


def _row(taken: Taken, *, storage_name: str, thumbnail_name: str) -> Document:
    return Document(
        name=taken.name,
        kind=taken.kind.code,
        media_type=taken.media_type,
        size=len(taken.content),
        digest=sm3(taken.content).hex(),
        width=taken.width,
        height=taken.height,
        storage_name=storage_name,
        thumbnail_name=thumbnail_name,
    )


def _write(content: bytes, written: list[str]) -> str:
    """Write bytes under a name that nobody can guess, and note the name."""
    secret = secrets.token_hex(_NAME_BYTES)
    try:
        name = default_storage.save(f"{secret[:2]}/{secret}", ContentFile(content))
    except OSError as error:
        raise (StorageFull if error.errno in _FULL else StorageAway) from error
    written.append(name)
    return name


def _unwrite(written: list[str]) -> None:
    for name in written:
        with contextlib.suppress(OSError):  # swept away later
            default_storage.delete(name)


def _tell(actor: Actor, row: Document, *, action: str) -> None:
    target = f"documents.document:{row.id}"
    details = {"holder": f"{row.holder_code}:{row.holder_id}", "digest": row.digest, "size": row.size}
    identity.record(actor, action=action, target=target, details=details)
    bus.announce(events.STORED, document_id=row.id, holder=row.holder_code, holder_id=row.holder_id)
