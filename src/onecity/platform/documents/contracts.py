"""What crosses documents' border."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Upload(Protocol):
    """A file on its way in: Django's `UploadedFile`, or `ContentFile(data, name=…)` for what the city itself makes."""

    @property
    def name(self) -> str | None: ...

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A stored file as others see it.

    size: bytes as stored. digest: SM3 of the stored bytes, hexadecimal. kind: code of `rules.kinds`. url,
    thumbnail_url: addresses that ask the holder who may read; thumbnail_url is empty for what is no image.
    width, height: pixels, None for what is no image. uploaded_by: the actor's key.
    """

    id: int
    holder: str
    holder_id: int
    name: str
    kind: str
    media_type: str
    size: int
    digest: str
    width: int | None
    height: int | None
    uploaded_by: str
    uploaded_at: datetime
    url: str
    thumbnail_url: str
