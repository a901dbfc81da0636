"""Files that come with a form."""

from django.core.files.uploadedfile import UploadedFile

from onecity.platform.documents.contracts import Upload
from onecity.web.http import CityRequest


def uploads_of(request: CityRequest, name: str) -> list[Upload]:
    """Return the files of a form's field."""
    return [item for item in request.FILES.getlist(name) if isinstance(item, UploadedFile)]
