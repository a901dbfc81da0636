"""Entering what the city's own modules declare: published as soon as it stands in the code, anew when it changes."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import system_actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import NotFound
from onecity.kernel.registry import Registry
from onecity.platform.exchange.contracts.catalogue import VersionText
from onecity.platform.exchange.declare import Dataset as Declared
from onecity.platform.exchange.models import Dataset, DatasetVersion, Licence
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.selectors.catalogue.rows import field_texts
from onecity.platform.exchange.services.catalogue.reviewing import put_in_force, withdraw
from onecity.platform.exchange.services.catalogue.writing import apply_text, check, write_fields
from onecity.platform.identity import api as identity

ACTOR: Final = system_actor("exchange.catalogue")
GONE: Final = "平台已不再提供这项数据"
_ONE_AT_A_TIME: Final = 7_301_402_118


def enter_declared(*, now: datetime, datasets: Registry[Declared] | None = None) -> int:
    """Enter every declared dataset that is new or has changed, withdraw those no longer declared; return how many.

    A dataset whose provider is not there yet waits. Running twice changes nothing; two processes take turns.
    now: city time. datasets: other than the declared ones, for tests.
    """
    wanted = declared_datasets() if datasets is None else datasets
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        known = dict(Dataset.objects.filter(declared=True).values_list("code", "version__digest"))
        for item in wanted:
            if known.get(item.code) != digest_of(item):
                changed += _enter(item, now=now)
        for code, digest in known.items():
            if digest is not None and code not in wanted:
                withdraw(ACTOR, code=code, reason=GONE, now=now)
                changed += 1
    return changed


def digest_of(item: Declared) -> str:
    """Return the SM3 digest of everything that a declaration says in the catalogue; its SQL is no part of it."""
    said = {name: value for name, value in asdict(item).items() if name not in {"rows", "batches", "last_at"}}
    return sm3(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hex()


def text_of_declared(item: Declared, *, licence: str) -> VersionText:
    """Return a declaration as the text of a version. licence: the default one, for what is open and names none."""
    return VersionText(
        title=item.name,
        abstract=item.abstract,
        class_code=item.class_code,
        sharing_type=item.sharing,
        sharing_condition=item.sharing_condition,
        sharing_ground=item.sharing_ground,
        sharing_mode="平台共享",
        open_type=item.opening,
        open_condition=item.opening_condition,
        licence_code=(item.licence or licence) if item.opening != "none" else "",
        update_cycle=item.cycle,
        format_class="database",
        format_type="PostgreSQL",
        keywords=item.keywords,
        related_codes=item.related,
        has_geometry=item.geometry,
        source_kind="declared",
    )


def _enter(item: Declared, *, now: datetime) -> int:
    try:
        provider = identity.organisation_by_code(item.provider)
    except NotFound:
        return 0
    licence = Licence.objects.filter(is_default=True).values_list("code", flat=True).first() or ""
    text = text_of_declared(item, licence=licence)
    fields = field_texts(item)
    check(text, fields)
    dataset = Dataset.objects.select_for_update().filter(code=item.code).first()
    if dataset is None:
        dataset = Dataset.objects.create(
            code=item.code,
            declared=True,
            created_at=now,
            organisation_id=provider.id,
            title=item.name,
            class_code=item.class_code,
            update_cycle=item.cycle,
            sharing_type=item.sharing,
            open_type=item.opening,
        )
    last = DatasetVersion.objects.filter(dataset=dataset).order_by("-number").values_list("number", flat=True).first()
    version = DatasetVersion(dataset=dataset, number=(last or 0) + 1, created_by=ACTOR.key, created_at=now)
    apply_text(version, text)
    version.digest, version.provider_credit_code = digest_of(item), provider.credit_code
    version.save()
    write_fields(version, fields)
    version.state, version.submitted_by, version.submitted_at = DatasetVersion.State.SUBMITTED, ACTOR.key, now
    version.save()
    put_in_force(ACTOR, dataset, version=version, now=now)
    return 1
