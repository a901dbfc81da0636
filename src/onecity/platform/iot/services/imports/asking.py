"""Taking a list in and starting the job that registers it."""

import secrets
from datetime import datetime
from pathlib import PurePath
from typing import IO, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import DeviceImport
from onecity.platform.iot.rules.tables import KINDS
from onecity.platform.jobs import api as jobs

JOB: Final = "iot.import_devices"


def ask_import(actor: Actor, *, file: IO[bytes], name: str, size: int, now: datetime) -> int:
    """Take a list in, start its job, and return the import's id. now: real time.

    Raises: Invalid for a kind of file that is not read.
    """
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise Invalid(fields={"file": zh("请上传 CSV、XLSX 或 Parquet 文件")})
    storage_name = default_storage.save(f"device-lists/{secrets.token_hex(16)}.{kind}", File(file))
    try:
        with transaction.atomic():
            made = DeviceImport.objects.create(
                name=name[-200:],
                kind=kind,
                storage_name=storage_name,
                size=size,
                asked_by=actor.key[:60],
                organisation_id=actor.organisation_id,
                created_at=now,
            )
            made.run_id = jobs.start(
                actor, code=JOB, title=f"批量登记设备：{made.name}"[:120], arguments={"import": made.id}, now=now
            )
            made.save(update_fields=["run_id"])
            identity.record(actor, action="iot.ask_import", target=f"iot.deviceimport:{made.id}")
    except BaseException:
        default_storage.delete(storage_name)
        raise
    return made.id


def cancel_import(actor: Actor, *, import_id: int, now: datetime) -> None:
    """Stop an import after the set of lines that is under way; what is registered stays. now: real time.

    Raises: NotFound if it is not the actor's or is over.
    """
    row = DeviceImport.objects.filter(id=import_id, asked_by=actor.key[:60], ended_at=None).first()
    if row is None or row.run_id is None:
        raise NotFound
    with transaction.atomic():
        jobs.cancel(actor, run_id=row.run_id, now=now)
        DeviceImport.objects.filter(id=import_id, state=DeviceImport.State.WAITING).update(
            state=DeviceImport.State.CANCELLED, ended_at=now
        )
