"""Serving files, and the components by which pages take and show them."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client

from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.platform.documents import api
from onecity.platform.documents.contracts import DocumentInfo
from onecity.platform.documents.tests import samples
from onecity.platform.documents.tests.conftest import SHELF, Readers
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(actor: Actor) -> Client:
    made = Client()
    made.cookies["onecity_session"] = open_session(actor.account_id)
    return made


def stored(actor: Actor, now: datetime, content: bytes, name: str) -> DocumentInfo:
    return api.store(actor, holder=SHELF, holder_id=7, upload=ContentFile(content, name=name), now=now)


def fetch(client: Client, address: str) -> Any:
    """Return the answer with its whole body."""
    answer: Any = client.get(address)
    answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def test_file_is_served_under_its_own_name_and_can_run_nothing(actor: Actor, client: Client, now: datetime) -> None:
    answer = fetch(client, stored(actor, now, samples.PDF, "通知 1.pdf").url)
    assert answer.whole == samples.PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E9%80%9A%E7%9F%A5%201.pdf"
    assert answer.headers["Content-Length"] == str(len(samples.PDF))
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_picture_is_shown_in_place_and_downloaded_on_demand(actor: Actor, client: Client, now: datetime) -> None:
    info = stored(actor, now, samples.photo(), "现场.jpg")
    assert fetch(client, info.url).headers["Content-Disposition"].startswith("inline")
    assert fetch(client, f"{info.url}?download").headers["Content-Disposition"].startswith("attachment")
    small = fetch(client, info.thumbnail_url)
    assert small.headers["Content-Type"] == "image/webp"
    assert small.headers["Content-Disposition"] == "inline"


def test_passers_by_and_strangers_find_nothing(actor: Actor, now: datetime) -> None:
    info = stored(actor, now, samples.PDF, "a.pdf")
    stranger = Client()
    assert stranger.get(info.url).status_code == 404
    stranger.cookies["onecity_session"] = open_session(make_actor().account_id)
    assert stranger.get(info.url).status_code == 404
    assert stranger.get(f"/documents/{info.id}/thumbnail").status_code == 404


def test_passer_by_reads_what_the_holder_opens_to_everybody(actor: Actor, readers: Readers, now: datetime) -> None:
    info = stored(actor, now, samples.PDF, "公告.pdf")
    readers.add((ANONYMOUS.key, 7))
    assert fetch(Client(), info.url).status_code == 200


def test_right_that_ends_closes_the_address(actor: Actor, client: Client, readers: Readers, now: datetime) -> None:
    info = stored(actor, now, samples.PDF, "a.pdf")
    assert fetch(client, info.url).status_code == 200
    readers.clear()
    assert client.get(info.url).status_code == 404


def test_files_are_only_read(actor: Actor, client: Client, now: datetime) -> None:
    assert client.post(stored(actor, now, samples.PDF, "a.pdf").url).status_code == 405


def test_gallery_shows_pictures_and_other_files(actor: Actor, now: datetime) -> None:
    picture, paper = stored(actor, now, samples.photo(), "<现场>.jpg"), stored(actor, now, samples.PDF, "文件.pdf")
    text = render_to_string("documents/gallery.html", {"documents": [picture, paper]})
    assert f'src="{picture.thumbnail_url}"' in text
    assert f'href="{paper.url}"' in text
    assert "文件.pdf" in text


def test_empty_gallery_says_so() -> None:
    assert "没有照片" in render_to_string("documents/gallery.html", {"documents": [], "empty": "没有照片"})


def test_upload_field_works_without_scripts() -> None:
    text = render_to_string("documents/upload.html", {"name": "files", "label": "现场照片", "pictures_only": True})
    assert text.count('type="file"') == 1
    assert 'accept=".jpg,.jpeg,.jfif,.png,.webp"' in text
    assert "20 MB" in text
    assert "capture" not in text
    with_camera = render_to_string("documents/upload.html", {"name": "files", "label": "材料", "camera": True})
    assert 'capture="environment"' in with_camera
    assert ".docx" in with_camera


def test_upload_field_shows_what_was_wrong() -> None:
    text = render_to_string("documents/upload.html", {"name": "files", "label": "材料", "error": "文件是空的"})
    assert "文件是空的" in text


def test_django_s_own_uploads_are_taken(actor: Actor, now: datetime) -> None:
    sent = SimpleUploadedFile("a.pdf", samples.PDF, content_type="text/html")
    info = api.store(actor, holder=SHELF, holder_id=7, upload=sent, now=now)
    assert info.media_type == "application/pdf"
