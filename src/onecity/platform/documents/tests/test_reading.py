"""Reading and sweeping: only for whom the holder lets read, and nothing is swept that a row names."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.registry import declared
from onecity.platform.documents import api, registries
from onecity.platform.documents.declare import Holder
from onecity.platform.documents.models import Document
from onecity.platform.documents.services import sweep
from onecity.platform.documents.tests import samples
from onecity.platform.documents.tests.conftest import SHELF, stored_names, upload
from onecity.platform.identity.tests.factories import make_actor

pytestmark = pytest.mark.django_db


def test_nobody_reads_what_the_holder_does_not_let_read(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    for stranger in (ANONYMOUS, make_actor()):
        with pytest.raises(NotFound):
            api.document(stranger, info.id)
        with pytest.raises(NotFound):
            api.opened(stranger, info.id)
        with pytest.raises(NotFound):
            api.documents_of(stranger, holder=SHELF, holder_id=7)


def test_nobody_reads_files_of_a_holder_that_is_no_longer_declared(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    Document.objects.update(holder_code="test.gone")
    with pytest.raises(NotFound):
        api.document(actor, info.id)
    with pytest.raises(NotFound):
        api.documents_of(actor, holder="test.gone", holder_id=7)


def test_missing_bytes_are_told_as_such(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
    default_storage.delete(Document.objects.get(id=info.id).storage_name)
    with pytest.raises(api.FileMissing):
        api.opened(actor, info.id)
    with pytest.raises(NotFound):
        api.opened(actor, info.id, thumbnail=True)


def test_sweep_takes_old_bytes_that_no_row_names_and_nothing_else(actor: Actor, now: datetime) -> None:
    info = api.store(actor, holder=SHELF, holder_id=7, upload=upload(samples.photo(), "a.jpg"), now=now)
    row = Document.objects.get(id=info.id)
    with transaction.atomic():
        api.store(actor, holder=SHELF, holder_id=7, upload=upload(), now=now)
        transaction.set_rollback(True)
    orphans = stored_names() - {row.storage_name, row.thumbnail_name}
    assert orphans
    seen: list[tuple[int, int]] = []
    progress = SimpleNamespace(step=lambda done, *, total=0, note="": seen.append((done, total)))
    assert sweep.run_sweep(progress, {}) == {"清理文件数": 0}
    assert seen[-1][0] == seen[-1][1]
    later = clock.real_now() + sweep.GRACE + timedelta(hours=1)
    folders = default_storage.listdir("")[0]
    assert sum(sweep.sweep_folder(folder, now=later) for folder in folders) == len(orphans)
    assert stored_names() == {row.storage_name, row.thumbnail_name}


def test_sweep_is_queued_by_its_tick(heard: Any) -> None:
    sweep.ask_for_sweep()
    assert heard.jobs == [("documents.sweep_orphans", {})]


def test_every_declared_holder_is_known() -> None:
    assert [holder.code for holder in registries.holders()] == [item.code for item in declared(Holder)]
