"""Sweeping away bytes that no row names: what a failed or killed upload left behind."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage

from onecity.kernel import bus, clock
from onecity.kernel.text import zh
from onecity.platform.documents.models import Document
from onecity.platform.jobs.declare import Progress

JOB: Final = "documents.sweep_orphans"
# Younger bytes may belong to a transaction that has not ended yet.
GRACE: Final = timedelta(hours=24)
SWEEP_EVERY_S: Final = 6 * 3600.0
_BATCH: Final = 500


def ask_for_sweep() -> None:
    """Queue a sweep; the tick's short part."""
    bus.defer(JOB)


def run_sweep(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """Sweep every folder of the storage; the job."""
    swept = 0
    folders = default_storage.listdir("")[0] if default_storage.exists("") else []
    for number, folder in enumerate(sorted(folders), start=1):
        swept += sweep_folder(folder, now=clock.real_now())
        progress.step(number, total=len(folders))
    return {zh("清理文件数"): swept}


def sweep_folder(folder: str, *, now: datetime) -> int:
    """Delete the files of one folder that are older than `GRACE` and that no row names; returns how many.

    now: real time. May run twice, and beside uploads.
    """
    swept = 0
    for names in _batches(folder):
        old = [name for name in names if now - default_storage.get_modified_time(name) > GRACE]
        kept = set(Document.objects.filter(storage_name__in=old).values_list("storage_name", flat=True))
        kept |= set(Document.objects.filter(thumbnail_name__in=old).values_list("thumbnail_name", flat=True))
        for name in old:
            if name not in kept:
                default_storage.delete(name)
                swept += 1
    return swept


def _batches(folder: str) -> Iterator[list[str]]:
    names = [f"{folder}/{name}" for name in sorted(default_storage.listdir(folder)[1])]
    for start in range(0, len(names), _BATCH):
        yield names[start : start + _BATCH]
