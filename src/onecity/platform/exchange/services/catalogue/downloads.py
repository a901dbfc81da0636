"""Open data as files: small ones are written on demand, large ones beforehand by a job and kept."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import transaction

from onecity.kernel import bus, clock
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.open_formats import FORMATS, OpenFormat, schema_of
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.models import DatasetVersion, DownloadFile
from onecity.platform.exchange.selectors.catalogue.queries import estimated_rows
from onecity.platform.exchange.selectors.catalogue.rows import NotQueryable, batches
from onecity.platform.exchange.services.catalogue.writing import texts_of
from onecity.platform.jobs.declare import Progress

JOB: Final = "exchange.make_file"
LARGE: Final = 50_000
"""Rows from which on a file is made beforehand."""
KEPT_FOR: Final = timedelta(days=1)
ASKED_AGAIN: Final = timedelta(hours=1)
_READ: Final = 1 << 20


class NoSuchFormat(NotFound):
    """The dataset is not given in this format."""

    code = "exchange.no_such_format"
    message = zh("这项数据不提供该格式的文件")


def format_of(version: DatasetVersion, code: str) -> OpenFormat:
    """Return a format that a version is given in. Raises: NoSuchFormat."""
    found = FORMATS.get(code)
    if found is None or (code == "geojson" and not version.has_geometry):
        raise NoSuchFormat
    return found


def open_fields(version_id: int) -> tuple[FieldText, ...]:
    """Return the fields of a version that are open to society."""
    return tuple(field for field in texts_of(version_id) if field.is_open)


def is_large(version: DatasetVersion) -> bool:
    """Say whether a version's file is made beforehand: it has many rows, or nobody can tell how many."""
    try:
        number, _ = estimated_rows(version.dataset.code)
    except NotQueryable:
        return True
    return number > LARGE


def write_now(version: DatasetVersion, *, form: OpenFormat, out: BinaryIO) -> int:
    """Write all open rows of a version into a file, with memory for one batch; return how many."""
    fields = open_fields(version.id)
    geometry = form.geometry if version.has_geometry else ""
    rows = batches(version.dataset.code, fields=fields, geometry=geometry)
    return form.write(rows, schema_of(fields, geometry=geometry), out)


def write_temporary(version: DatasetVersion, *, form: OpenFormat) -> BinaryIO:
    """Write a version into a temporary file and return it at its beginning; it vanishes when it is closed."""
    out = tempfile.TemporaryFile()  # noqa: SIM115  # whoever answers with it closes it
    try:
        write_now(version, form=form, out=out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def made_file(version: DatasetVersion, *, form: OpenFormat, now: datetime) -> DownloadFile | None:
    """Return the file that was made of a large dataset, and have a newer one made when it is old; None until it is.

    Old: made more than a day ago. An old file is given while the new one is being made. now: real time.
    """
    with transaction.atomic():
        row, _ = DownloadFile.objects.select_for_update().get_or_create(
            version=version, format=form.code, defaults={"asked_at": now - 2 * ASKED_AGAIN}
        )
        if _is_old(row, now=now) and now - row.asked_at > ASKED_AGAIN:
            row.asked_at = now
            row.save(update_fields=["asked_at"])
            bus.defer(JOB, file_id=row.id)
    return row if row.storage_name and path_of(row).exists() else None


def path_of(row: DownloadFile) -> Path:
    """Return where a made file lies."""
    return folder() / row.storage_name


def folder() -> Path:
    """Return the folder of made files."""
    return Path(settings.ENV.state) / "open_data"


def make_file(file_id: int, *, progress: Progress, now: datetime) -> int:
    """Make a file, put it in the place of the one before, and return its rows; running twice makes it twice.

    now: real time. Raises: Cancelled.
    """
    row = DownloadFile.objects.select_related("version__dataset").get(id=file_id)
    form = format_of(row.version, row.format)
    folder().mkdir(parents=True, exist_ok=True)
    name = f"{row.version_id}-{int(now.timestamp())}.{form.code}"
    draft = folder() / f".{name}.draft"
    fields = open_fields(row.version_id)
    geometry = form.geometry if row.version.has_geometry else ""
    source = _told(batches(row.version.dataset.code, fields=fields, geometry=geometry), progress)
    try:
        with draft.open("wb") as out:
            rows = form.write(source, schema_of(fields, geometry=geometry), out)
            out.flush()
            os.fsync(out.fileno())
        size, digest = draft.stat().st_size, _digest(draft)
        draft.rename(folder() / name)
    finally:
        draft.unlink(missing_ok=True)
    before = row.storage_name
    row.storage_name, row.size, row.rows, row.digest, row.made_at = name, size, rows, digest, now
    row.save()
    if before and before != name:
        (folder() / before).unlink(missing_ok=True)
    return rows


def sweep_files() -> int:
    """Delete the files of versions that are no longer published; return how many."""
    gone = DownloadFile.objects.exclude(version__state=DatasetVersion.State.PUBLISHED)
    swept = 0
    for row in gone[:100]:
        if row.storage_name:
            path_of(row).unlink(missing_ok=True)
        row.delete()
        swept += 1
    return swept


def run_make_file(progress: Progress, arguments: Mapping[str, object]) -> dict[str, object]:
    """Make a file as a job; see `make_file`."""
    file_id = arguments["file_id"]
    assert isinstance(file_id, int)
    return {"rows": make_file(file_id, progress=progress, now=clock.real_now())}


def _is_old(row: DownloadFile, *, now: datetime) -> bool:
    if row.made_at is None or now - row.made_at > KEPT_FOR:
        return True
    return not path_of(row).exists()


def _told(source: Iterator[pa.RecordBatch], progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in source:
        yield batch
        done += batch.num_rows
        progress.step(done)


def _digest(path: Path) -> str:
    digest = hashes.Hash(hashes.SM3())
    with path.open("rb") as file:
        while chunk := file.read(_READ):
            digest.update(chunk)
    return digest.finalize().hex()
