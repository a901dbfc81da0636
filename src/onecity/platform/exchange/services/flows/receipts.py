"""Receipts: what a finished run did, signed by SM2 and joined to the receipt before by SM3."""

import json
from datetime import UTC, datetime
from typing import Final

from django.db import connection

from onecity.kernel import clock
from onecity.kernel.ciphers.sm2.keys import PrivateKey, new_private_key, private_key_from, public_key_of
from onecity.kernel.ciphers.sm2.signature import sign
from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.models import ReceiptHead, Run, RunReceipt, SigningKey
from onecity.platform.identity import api as identity

GENESIS: Final = "0" * 64
SECRET: Final = "exchange.signingkey.secret"


def issue_receipt(run: Run, outcome: Outcome, *, now: datetime) -> RunReceipt:
    """Write the receipt of a finished run, in the transaction that ends it. now: city time.

    Source: GB/T 32905-2016 (SM3), GB/T 32918.2-2016 (SM2); the canonical text is a house rule: JSON with sorted keys
    and without blanks, instants in ISO 8601 UTC.
    """
    head = _locked_head()
    number = head.number + 1
    code = f"HZ{now.astimezone(clock.CITY_ZONE):%Y%m%d}{number:08d}"
    body = canonical(_facts(run, outcome, code=code, number=number, now=now))
    digest = linked(head.digest, body)
    key, secret = _signing_key(now)
    receipt = RunReceipt.objects.create(
        number=number,
        code=code,
        run=run,
        flow_id=run.flow_id,
        body=body,
        previous=head.digest,
        digest=digest,
        signature=sign(secret, message=bytes.fromhex(digest)).hex(),
        key=key,
        organisation_id=run.organisation_id,
        division_code=run.division_code,
        created_at=now,
    )
    head.number, head.digest = number, digest
    head.save()
    return receipt


def canonical(facts: object) -> str:
    """Return the one text of these facts that is signed."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def linked(previous: str, body: str) -> str:
    """Return the digest that joins a receipt to the one before.

    Source: GB/T 32905-2016 (SM3); what is hashed is a house rule.
    """
    return sm3(f"{previous}{body}".encode()).hex()


def _locked_head() -> ReceiptHead:
    """Return the end of the chain, held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_receipthead (id, number, digest) VALUES (1, 0, %s) ON CONFLICT DO NOTHING", [GENESIS]
        )
    return ReceiptHead.objects.select_for_update().get(id=1)


def _signing_key(now: datetime) -> tuple[SigningKey, PrivateKey]:
    """Return the newest key, drawing the first one; the caller holds the head, so it is drawn once."""
    found = SigningKey.objects.order_by("-id").first()
    if found is None:
        secret = new_private_key()
        sealed = identity.seal_personal(secret.raw.hex(), context=SECRET, masked="").sealed
        public = public_key_of(secret).uncompressed.hex()
        return SigningKey.objects.create(public=public, secret=sealed, created_at=now), secret
    text = identity.open_text(bytes(found.secret), context=SECRET)
    return found, private_key_from(bytes.fromhex(text))


def _facts(run: Run, outcome: Outcome, *, code: str, number: int, now: datetime) -> dict[str, object]:
    version, flow, counts = run.version, run.flow, outcome.counts
    return {
        "receipt": code,
        "number": number,
        "run": run.id,
        "flow": flow.code,
        "flow_name": flow.name,
        "version": version.number,
        "dataset": flow.dataset_code,
        "grant": flow.grant_code,
        "organisation": identity.organisation(flow.organisation_id).code,
        "source": {"connection": version.source.code, "table": version.source_table},
        "target": {"connection": version.target.code, "table": version.target_shape.get("name", "")},
        "trigger": run.trigger,
        "reading": version.reading,
        "loading": version.loading,
        "started_at": _instant(run.started_at or run.created_at),
        "ended_at": _instant(now),
        "counts": {name: getattr(counts, name) for name in counts.__dataclass_fields__},
        "failed_checks": dict(outcome.failed_checks),
        "source_sums": dict(outcome.source_sums),
        "target_sums": dict(outcome.target_sums),
        "reconciled": outcome.reconciled,
        "plan": sm3(canonical([version.columns, version.checks, version.conditions]).encode()).hex(),
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
