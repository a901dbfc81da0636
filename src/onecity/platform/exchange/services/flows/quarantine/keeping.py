"""Keeps the rows that a run refused; what is sensitive lies sealed and is shown masked."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.platform.exchange.contracts.outcomes import BadRow
from onecity.platform.exchange.models import RefusedRow, Run
from onecity.platform.exchange.rules.masks import masked
from onecity.platform.identity import api as identity

SEALED: Final = "exchange.refusedrow.sealed"
MENDED: Final = "exchange.refusedrow.mended_sealed"
BATCH: Final = 2_000
Value = str | int | float | bool | None
Values = Mapping[str, Value]


def keep_refused(run: Run, *, block: int, rows: Sequence[BadRow], now: datetime) -> None:
    """Keep what a run refused of a block, in place of what it kept of that block before. now: city time."""
    sensitive: Mapping[str, str] = run.version.sensitive
    with transaction.atomic():
        RefusedRow.objects.filter(run=run, block=block).delete()
        RefusedRow.objects.bulk_create(
            (_row(run, block, row, sensitive, now) for row in rows), batch_size=BATCH, ignore_conflicts=False
        )


def refuse_again(run: Run, *, rows: Sequence[BadRow]) -> None:
    """Give rows of a replay that were refused once more back to people, with the new reasons."""
    replayed = list(RefusedRow.objects.filter(replay=run).order_by("id").values_list("id", flat=True))
    with transaction.atomic():
        for row in rows:
            RefusedRow.objects.filter(id=replayed[row.row_number - 1]).update(
                state=RefusedRow.State.WAITING, **_reasons(row)
            )


def give_back(run: Run) -> None:
    """Give the rows of a replay that did not end back to people, as they were."""
    held = RefusedRow.objects.filter(replay=run, state=RefusedRow.State.REPLAYING)
    held.filter(mended__isnull=True).update(state=RefusedRow.State.WAITING)
    held.filter(mended__isnull=False).update(state=RefusedRow.State.MENDED)


def settle_replayed(run: Run) -> int:
    """Note that the rows of a finished replay are in the target now; returns how many."""
    held = RefusedRow.objects.filter(replay=run, state=RefusedRow.State.REPLAYING)
    return held.update(state=RefusedRow.State.REPLAYED)


def open_values(row: RefusedRow) -> dict[str, Value]:
    """Return a row's values in clear, as mended where it was: for the engine, never for a page."""
    if row.mended is not None:
        return {**row.mended, **_opened(bytes(row.mended_sealed), MENDED)}
    return {**row.values, **_opened(bytes(row.sealed), SEALED)}


def hidden(values: Values, sensitive: Mapping[str, str], *, context: str) -> tuple[dict[str, Value], bytes]:
    """Return values with the sensitive ones masked, and those sealed; no bytes where none is sensitive."""
    shown = dict(values)
    secret = {name: values[name] for name in sensitive if values.get(name) is not None}
    for name, value in secret.items():
        shown[name] = masked(str(value), mask=sensitive[name])
    text = json.dumps(secret, ensure_ascii=False) if secret else ""
    return shown, identity.seal_personal(text, context=context, masked="").sealed


def _row(run: Run, block: int, row: BadRow, sensitive: Mapping[str, str], now: datetime) -> RefusedRow:
    shown, sealed = hidden(row.values, sensitive, context=SEALED)
    return RefusedRow(
        run=run,
        flow_id=run.flow_id,
        block=block,
        row_number=row.row_number,
        values=shown,
        sealed=sealed,
        organisation_id=run.organisation_id,
        division_code=run.division_code,
        created_at=now,
        **_reasons(row),
    )


def _reasons(row: BadRow) -> dict[str, object]:
    return {
        "reasons": [list(reason) for reason in row.reasons],
        "reason_codes": sorted({code[:80] for code, _ in row.reasons}),
    }


def _opened(sealed: bytes, context: str) -> dict[str, Value]:
    return dict(json.loads(identity.open_text(sealed, context=context))) if sealed else {}
