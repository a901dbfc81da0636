"""Files of articles, brought in by hand under a source of that kind."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from onecity.domains.opinion.codecs.tables import read_table
from onecity.domains.opinion.contracts import Stored
from onecity.domains.opinion.models import Collection, Source
from onecity.domains.opinion.permissions import CONFIGURE
from onecity.domains.opinion.selectors.sources import seen_sources
from onecity.domains.opinion.services.access import need
from onecity.domains.opinion.services.storing import store
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record

MOST_BYTES = 32 * 1024 * 1024
KINDS = {"csv": "csv", "json": "json", "jsonl": "json", "txt": "text"}


def import_file(
    actor: Actor, *, source_id: int, name: str, body: bytes, columns: Mapping[str, str], now: datetime
) -> Stored:
    """Store the articles of a CSV, JSON or text file; bringing the same file in again changes nothing. now: city time.

    Raises: NotPermitted; NotFound; Invalid for a source that is not brought in by hand, a kind that is not known, or a
    file too large; Unreadable.
    """
    need(actor, CONFIGURE)
    row = seen_sources(actor).filter(id=source_id).first()
    if row is None:
        raise NotFound(zh("没有这个采集源"))
    kind = KINDS.get(name.rpartition(".")[2].lower())
    if row.kind != Source.Kind.FILE or kind is None or len(body) > MOST_BYTES:
        raise Invalid(fields={"file": zh("人工导入的采集源可导入CSV、JSON或TXT文件，至多32MB")})
    found = read_table(body, kind=kind, columns=columns or row.columns)
    with transaction.atomic():
        stored = store(row.pk, found, now=now)
        Source.objects.filter(id=row.pk).update(checked_at=clock.real_now(), said="", failures=0)
        Collection.objects.create(
            source=row,
            at=clock.real_now(),
            outcome="imported",
            new=stored.new,
            repeated=stored.repeated,
            received=len(body),
            reason=name[:200],
        )
        details = {"file": name[:120], "new": stored.new, "repeated": stored.repeated, "empty": stored.empty}
        record(actor, action="opinion.import", target=f"opinion.source:{row.pk}", details=details)
    return stored
