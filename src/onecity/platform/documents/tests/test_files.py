"""Storing, copying, withdrawing: whole or not at all, and only for whom the holder lets read."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import NotFound
from onecity.platform.documents import api
from onecity.platform.documents.models import Document
from onecity.platform.documents.tests import samples
from onecity.platform.documents.tests.conftest import SHELF, Readers, stored_names, upload
from onecity.platform.identity import api as identity
from onecity.platform.identity.tests.factories import audited

pytestmark = pytest.mark.django_db


def test_file_is_stored_whole_under_a_name_nobody_can_guess(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now, division_code="220104")
    row = Document.objects.get(id=info.id)
    assert (info.name, info.kind, info.size, info.holder_id) == ("通知.pdf", "pdf", len(samples.PDF), 7)
    assert info.digest == sm3(samples.PDF).hex()
    assert (row.uploaded_by, row.organisation_id, row.division_code) == (actor.key, actor.organisation_id, "220104")
    assert "通知" not in row.storage_name
    with default_storage.open(row.storage_name) as file:
        assert file.read() == samples.PDF


def test_photo_is_stored_without_its_position_and_with_a_thumbnail(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(samples.photo(), "现场.jpg"), now=now)
    assert (info.width, info.height) == (64, 48)
    assert info.thumbnail_url == f"/documents/{info.id}/thumbnail"
    with api.opened(actor, info.id).bytes as file:
        content = file.read()
    assert b"Exif" not in content
    assert info.digest == sm3(content).hex()
    with api.opened(actor, info.id, thumbnail=True).bytes as file:
        assert file.read(4) == b"RIFF"


def test_text_is_stored_with_its_charset(actor: Actor, now: datetime) -> None:
    content = "编号,名称\r\n".encode("gb18030")
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(content, "表.csv"), now=now)
    assert info.media_type == "text/csv; charset=gb18030"


def test_stored_file_is_known_by_its_name(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    assert str(Document.objects.get(id=info.id)) == "通知.pdf"


def test_packed_document_is_stored(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(samples.ofd(), "证照.ofd"), now=now)
    assert info.media_type == "application/ofd"


def test_change_is_audited_and_announced(actor: Actor, now: datetime, heard: Any, monkeypatch: Any) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr(bus, "announce", lambda event, **payload: told.append({"event": event.code, **payload}))
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    api.withdraw(actor, document_id=info.id, reason="传错了", now=now)
    assert [item["event"] for item in told] == ["documents.stored", "documents.withdrawn"]
    assert all(item["holder_id"] == 7 for item in told)
    trail = audited(f"documents.document:{info.id}")
    assert trail == [("documents.store", "done"), ("documents.withdraw", "done")]


def test_several_files_stand_in_the_order_of_upload(actor: Actor, now: datetime) -> None:
    uploads = [upload(name=f"{number}.pdf") for number in (3, 1, 2)]
    api.attach(actor, holder=SHELF, holder_id=7, uploads=uploads, now=now)
    assert [item.name for item in api.documents_of(actor, holder=SHELF, holder_id=7)] == ["3.pdf", "1.pdf", "2.pdf"]


def test_one_bad_file_keeps_all_out_and_leaves_no_bytes(actor: Actor, now: datetime) -> None:
    before = stored_names()
    with pytest.raises(api.FileContentRefused, match="坏"):
        api.attach(
            actor,
            holder=SHELF,
            holder_id=7,
            uploads=[upload(samples.photo(), "好.jpg"), upload(samples.PAGE, "坏.pdf")],
            now=now,
        )
    assert not Document.objects.exists()
    assert stored_names() == before


def test_failure_of_the_database_leaves_no_bytes(actor: Actor, now: datetime, monkeypatch: Any) -> None:
    before = stored_names()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr(identity, "record", fail)
    with pytest.raises(RuntimeError):
        api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    assert stored_names() == before
    assert not Document.objects.exists()


def test_failure_while_cleaning_up_does_not_hide_the_cause(actor: Actor, now: datetime, monkeypatch: Any) -> None:
    def away(_: str) -> None:
        raise OSError("away")

    monkeypatch.setattr(default_storage, "delete", away)
    with pytest.raises(api.FileContentRefused):
        api.attach(actor, holder=SHELF, holder_id=7, uploads=[upload(), upload(b"x", "坏.pdf")], now=now)


def test_unreachable_storage_is_told_as_such(actor: Actor, now: datetime, monkeypatch: Any) -> None:
    def away(*_: object) -> str:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(default_storage, "save", away)
    with pytest.raises(api.StorageAway):
        api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)


class Endless:
    """A file that would never end."""

    name = "长.pdf"

    def __init__(self) -> None:
        self.given = 0

    def chunks(self) -> Iterator[bytes]:
        while True:
            self.given += 1
            yield bytes(1024 * 1024)


def test_file_is_read_no_further_than_the_limit(actor: Actor, now: datetime) -> None:
    endless = Endless()
    with pytest.raises(api.FileTooLarge, match="20 MB"):
        api.store(actor, holder=SHELF, holder_id=7, upload=endless, now=now)
    assert endless.given == 21


def test_limit_is_a_setting(actor: Actor, now: datetime, settings: Any) -> None:
    settings.ENV = SimpleNamespace(upload_mb=1, disk_reserve_mb=0)
    with pytest.raises(api.FileTooLarge, match="1 MB"):
        api.store(actor, holder=SHELF, holder_id=7, upload=Endless(), now=now)


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "空.pdf", api.FileEmpty),
        (samples.PDF, "", api.NameMissing),
        (samples.PROGRAM, "程序.exe", api.FileKindRefused),
        (samples.PROGRAM, "程序.pdf", api.FileContentRefused),
        (samples.PROGRAM, "程序.png", api.FileContentRefused),
    ],
)
def test_refused_file_says_why(actor: Actor, now: datetime, content: bytes, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        api.store(actor, holder=SHELF, holder_id=7, upload=upload(content, name), now=now)


def test_more_files_than_taken_at_once_are_refused(actor: Actor, now: datetime) -> None:
    with pytest.raises(api.TooManyFiles, match="20"):
        api.attach(actor, holder=SHELF, holder_id=7, uploads=[upload()] * 21, now=now)


def test_holder_that_no_module_declares_is_a_mistake_of_the_code(actor: Actor, now: datetime) -> None:
    with pytest.raises(api.UnknownHolder):
        api.store(actor, holder="test.cellar", holder_id=7, upload=upload(), now=now)
    with pytest.raises(api.UnknownHolder):
        api.copy_to(actor, document_ids=[], holder="test.cellar", holder_id=7)


def test_withdrawn_file_is_out_of_sight_and_stays_on_record(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    api.withdraw(actor, document_id=info.id, reason=" 传错了 ", now=now)
    assert api.documents_of(actor, holder=SHELF, holder_id=7) == []
    with pytest.raises(NotFound):
        api.document(actor, info.id)
    row = Document.objects.get(id=info.id)
    assert (row.withdrawn_by, row.withdrawn_reason, row.withdrawn_at) == (actor.key, "传错了", now)
    assert default_storage.exists(row.storage_name)
    with pytest.raises(api.AlreadyWithdrawn):
        api.withdraw(actor, document_id=info.id, reason="", now=now)
    with pytest.raises(NotFound):
        api.withdraw(actor, document_id=info.id + 1, reason="", now=now)


def test_copy_is_held_by_another_and_outlives_the_first(actor: Actor, readers: Readers, now: datetime) -> None:
    first = api.store(actor, holder=SHELF, holder_id=7, upload=upload(samples.photo(), "a.jpg"), now=now)
    (copy,) = api.copy_to(actor, document_ids=[first.id], holder=SHELF, holder_id=8, division_code="220105")
    readers.add((actor.key, 8))
    api.withdraw(actor, document_id=first.id, reason="", now=now)
    assert copy.id != first.id
    assert (copy.digest, copy.uploaded_at, copy.uploaded_by) == (first.digest, first.uploaded_at, first.uploaded_by)
    assert api.documents_of(actor, holder=SHELF, holder_id=8) == [copy]
    assert Document.objects.get(id=copy.id).division_code == "220105"


@pytest.mark.parametrize("state", ["absent", "withdrawn", "unreadable"])
def test_only_readable_files_are_copied(actor: Actor, readers: Readers, now: datetime, state: str) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    wanted = info.id
    if state == "absent":
        wanted += 1
    elif state == "withdrawn":
        api.withdraw(actor, document_id=info.id, reason="", now=now)
    else:
        readers.clear()
    with pytest.raises(NotFound):
        api.copy_to(actor, document_ids=[wanted], holder=SHELF, holder_id=8)
