"""Files on their way in: bounded before they are read, and sent by script where the page shows progress."""

import shutil
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

MIB: Final = 1024 * 1024
FILES_AT_ONCE: Final = 20
BESIDE_FILES_BYTES: Final = 4 * MIB
SCRIPTED: Final = "X-Sent-By-Script"
LED_TO: Final = "X-Led-To"


class NoRoom(SuspiciousOperation):
    """The disk cannot take the request's files. Django answers this kind of error with our `bad_request`."""


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Streams files to temporary ones, once their stated size is known to fit the limit and the disk."""

    def handle_raw_input(
        self,
        input_data: object,
        META: object,  # noqa: N803  # Django's own name for it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Look at the request's stated length before a byte of its body is read.

        Raises: RequestDataTooBig; NoRoom.
        """
        if content_length > settings.ENV.upload_mb * MIB * FILES_AT_ONCE + BESIDE_FILES_BYTES:
            raise RequestDataTooBig("the request is larger than any upload may be")
        folder = settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()
        if shutil.disk_usage(folder).free < content_length + settings.ENV.disk_reserve_mb * MIB:
            raise NoRoom("no room for the request's files")


class ScriptedUploadMiddleware:
    """Tells a form that a script sends where to go next, instead of leading the script there.

    A browser's script cannot see a redirect: it would fetch the next page unseen, and what that page had to say once
    would be lost.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if SCRIPTED not in request.headers or "Location" not in response.headers:
            return response
        told = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={LED_TO: response.headers["Location"]})
        told.cookies = response.cookies
        return told
