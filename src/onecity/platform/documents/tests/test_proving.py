"""Every stored file is held against its digest."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from onecity.kernel.actor import Actor
from onecity.platform.documents import api
from onecity.platform.documents.models import Document
from onecity.platform.documents.services import proving
from onecity.platform.documents.services.proving import verify_files
from onecity.platform.documents.tests.conftest import SHELF, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(actor: Actor, now: datetime) -> str:
    """A file in the storage; its storage name."""
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    return Document.objects.get(id=info.id).storage_name


def test_whole_file_is_sound_and_copies_count_once(stored: str, actor: Actor) -> None:
    row = Document.objects.get(storage_name=stored)
    api.copy_to(actor, document_ids=[row.id], holder=SHELF, holder_id=7)
    verdict = verify_files()
    assert (verdict.files, verdict.sound) == (1, True)


def test_altered_file_is_named(stored: str) -> None:
    default_storage.delete(stored)
    default_storage.save(stored, ContentFile(b"something else"))
    verdict = verify_files()
    assert verdict.altered == (stored,)
    assert not verdict.sound


def test_missing_file_is_named_and_the_command_fails(stored: str) -> None:
    default_storage.delete(stored)
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_files", stdout=out)
    assert stored in out.getvalue()


def test_progress_is_told(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "REPORT_EVERY", 1)
    told: list[int] = []
    verify_files(step=told.append)
    assert told == [1]


def test_command_says_that_all_is_whole(stored: str) -> None:
    out = StringIO()
    call_command("verify_files", stdout=out)
    assert "all files are whole" in out.getvalue()
