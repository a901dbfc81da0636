"""The folder in which files lie: a file is there whole or not at all, and the disk is never filled to the brim.

Another storage (S3 through django-storages) takes this one's place in the settings; nothing else changes.
"""

import errno
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage

MIB = 1024 * 1024


class DurableFileStorage(FileSystemStorage):
    """Writes to a draft beside the target, forces it onto the disk, then gives it its name."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        self._make_room(target.parent, content.size)
        draft = target.with_name(f".{target.name}.draft")
        try:
            with draft.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _force(target.parent)
        return name

    def _make_room(self, folder: Path, wanted: int) -> None:
        """Refuse to fill the disk: the database and the logs need the last of it.

        Raises: OSError with ENOSPC.
        """
        if shutil.disk_usage(folder).free < wanted + settings.ENV.disk_reserve_mb * MIB:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _force(folder: Path) -> None:
    """Force a folder's list of names onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
