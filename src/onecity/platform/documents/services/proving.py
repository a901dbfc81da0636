"""Holding the stored bytes against their digests: after a restore, a move to another storage, or a doubtful disk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.files.storage import default_storage

from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.documents.models import Document

NAMED_AT_MOST: Final = 1_000
REPORT_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class FilesVerdict:
    """What the storage holds of the rows' files; copies share their bytes and count once.

    missing, altered: storage names, at most `NAMED_AT_MOST` of each.
    """

    files: int
    missing: tuple[str, ...]
    altered: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Say whether every file is there and is what its row says."""
        return not self.missing and not self.altered


def verify_files(*, step: Callable[[int], None] | None = None) -> FilesVerdict:
    """Read every file that a row names and compare its SM3 digest. step: called now and then with how many are done.

    Source: GB/T 32905-2016.
    """
    missing: list[str] = []
    altered: list[str] = []
    done = 0
    rows = Document.objects.order_by("storage_name").distinct("storage_name").values_list("storage_name", "digest")
    for done, (name, digest) in enumerate(rows.iterator(), start=1):
        found = _digest(name)
        if found is None:
            missing.append(name)
        elif found != digest:
            altered.append(name)
        if step is not None and done % REPORT_EVERY == 0:
            step(done)
    return FilesVerdict(done, tuple(missing[:NAMED_AT_MOST]), tuple(altered[:NAMED_AT_MOST]))


def _digest(name: str) -> str | None:
    try:
        with default_storage.open(name) as file:
            return sm3(file.read()).hex()
    except FileNotFoundError:
        return None
