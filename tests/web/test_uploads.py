"""Requests that bring files: bounded before they are read, told where to go when a script sent them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.platform.identity.tests.factories import PASSWORD, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(settings: Any) -> Any:
    """An installation that takes files of up to 1 MB."""
    kept = settings.ENV
    values = {name: getattr(kept, name) for name in kept.__slots__}
    settings.ENV = SimpleNamespace(**{**values, "upload_mb": 1, "disk_reserve_mb": 0})
    return settings.ENV


def send(size: int) -> Any:
    return Client().post("/sign-in", {"file": SimpleUploadedFile("a.txt", b"x" * size)})


def test_request_larger_than_any_upload_is_refused_unread(small: Any) -> None:
    answer = send(25 * 1024 * 1024)
    assert answer.status_code == 422
    assert "内容过大" in answer.content.decode()


def test_request_that_the_disk_cannot_take_is_refused_with_a_clear_sentence(small: Any) -> None:
    small.disk_reserve_mb = 10**9
    answer = send(100)
    assert answer.status_code == 503
    assert "存储空间不足" in answer.content.decode()


def test_request_within_the_limits_reaches_its_page(small: Any) -> None:
    assert "登录一城" in send(100).content.decode()


def test_form_sent_by_script_is_told_where_to_go_next() -> None:
    make_account("li.si")
    form = {"username": "li.si", "password": PASSWORD, "next": "/me/security"}
    answer = Client().post("/sign-in", form, headers={"X-Sent-By-Script": "1"})
    assert answer.status_code == 204
    assert answer.headers["X-Led-To"] == "/me/security"
    assert "onecity_session" in answer.cookies


def test_form_sent_by_script_gets_the_page_when_something_is_wrong() -> None:
    answer = Client().post("/sign-in", {"username": "x", "password": "y"}, headers={"X-Sent-By-Script": "1"})
    assert answer.status_code == 422
    assert "登录名或密码不正确" in answer.content.decode()
