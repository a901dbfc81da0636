"""Serving files: to whom the holder lets read, as what they are, unable to run anything."""

from typing import Final
from urllib.parse import quote

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from onecity.platform.documents.selectors import Opened, opened
from onecity.web.access import public
from onecity.web.http import CityRequest

# Even a file that slipped through every check can neither run, load nor be framed.
SANDBOX: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
THUMBNAIL_TYPE: Final = "image/webp"


@public
@require_safe
def document(request: CityRequest, document_id: int) -> HttpResponseBase:
    """Serve a file. Public as an address; the holder's own rule decides for each reader, passers-by included."""
    found = opened(request.actor, document_id)
    inline = bool(found.info.thumbnail_url) and "download" not in request.GET
    response = _served(found, found.info.media_type)
    response.headers["Content-Disposition"] = _disposition(found.info.name, inline=inline)
    response.headers["Content-Length"] = str(found.info.size)
    return response


@public
@require_safe
def thumbnail(request: CityRequest, document_id: int) -> HttpResponseBase:
    """Serve an image's thumbnail."""
    found = opened(request.actor, document_id, thumbnail=True)
    response = _served(found, THUMBNAIL_TYPE)
    response.headers["Content-Disposition"] = "inline"
    return response


def _served(found: Opened, media_type: str) -> FileResponse:
    response = FileResponse(found.bytes, content_type=media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _disposition(name: str, *, inline: bool) -> str:
    """Return the header for a name in any script.

    Source: RFC 6266, 4.3; RFC 8187, 3.2.
    """
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
