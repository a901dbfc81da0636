"""The smallest valid entries of the catalogue."""

from datetime import datetime
from itertools import count
from typing import Any

import pytest

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.registry import Registry
from onecity.platform.exchange.contracts.catalogue import FieldText, VersionText
from onecity.platform.exchange.declare import DataField as DeclaredField
from onecity.platform.exchange.declare import Dataset as Declared
from onecity.platform.exchange.models import Dataset
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE, VIEW_CATALOGUE
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.services.catalogue.compiling import new_dataset
from onecity.platform.exchange.services.catalogue.entering import enter_declared
from onecity.platform.exchange.services.catalogue.reviewing import publish, submit
from onecity.platform.identity.api import NewOrganisation, account_actor, create_organisation
from onecity.platform.identity.tests.factories import (
    Organisation,
    grant_permissions,
    make_account,
    make_actor,
    make_organisation,
)

DIVISION = "220100"
_numbers = count(1)
FIELDS = (
    FieldText("number", "编号", is_key=True, nullable=False, sensitivity="public", is_open=True),
    FieldText("opened_on", "日期", "date", sensitivity="public", is_open=True),
    FieldText("phone", "联系电话", sensitivity="sensitive", mask="masked_mobile"),
)


def provider(name: str = "民政局") -> Organisation:
    """Make a body that provides data."""
    return make_organisation(name, division=DIVISION)


def compiler(organisation: Organisation) -> Actor:
    """Make somebody who compiles for a body."""
    return make_actor(VIEW_CATALOGUE, COMPILE_CATALOGUE, organisation=organisation)


def reader_of(organisation: Organisation) -> Actor:
    """Make somebody of a body who may read the catalogue, and nothing else."""
    account = make_account(organisation=organisation)
    grant_permissions(account.id, VIEW_CATALOGUE)
    actor = account_actor(account.id)
    assert actor is not None
    return actor


def reviewer() -> Actor:
    """Make somebody who reviews for the whole city."""
    return make_actor(VIEW_CATALOGUE, REVIEW_CATALOGUE, everywhere=True)


def text(**changes: Any) -> VersionText:
    """Return a whole text."""
    said: dict[str, object] = {
        "title": f"养老机构名录{next(_numbers)}",
        "abstract": "全市登记的养老机构名称、地址、床位数和联系方式。",
        "class_code": "303",
        "sharing_type": "unconditional",
        "update_cycle": "monthly",
    }
    return VersionText(**{**said, **changes})


def drafted(
    organisation: Organisation,
    actor: Actor,
    *,
    now: datetime,
    fields: tuple[FieldText, ...] = FIELDS,
    **changes: Any,
) -> Dataset:
    """Make an entry with a draft."""
    code = new_dataset(actor, organisation_id=organisation.id, text=text(**changes), fields=fields, now=now)
    return Dataset.objects.get(code=code)


def published(
    organisation: Organisation, *, now: datetime, fields: tuple[FieldText, ...] = FIELDS, **changes: Any
) -> Dataset:
    """Make an entry and publish it."""
    entry = drafted(organisation, compiler(organisation), now=now, fields=fields, **changes)
    submit(compiler(organisation), code=entry.code, now=now)
    publish(reviewer(), code=entry.code, now=now)
    entry.refresh_from_db()
    return entry


def gauge(rows: int = 200, **changes: Any) -> Declared:
    """Return a dataset that a module could declare: made-up rows with every type that matters, and places."""
    said: dict[str, object] = {
        "code": "gauge.rows",
        "name": "计量记录",
        "abstract": "为检验而生成的记录，每行一个编号、数值和位置。",
        "provider": "gauge_office",
        "class_code": "211001",
        "fields": (
            DeclaredField("number", "编号", nullable=False),
            DeclaredField("amount", "数量", "integer", nullable=False),
            DeclaredField("value", "数值", "float", "kg"),
            DeclaredField("price", "价格", "decimal"),
            DeclaredField("flag", "标志", "boolean"),
            DeclaredField("day", "日期", "date"),
            DeclaredField("at", "时间", "timestamp"),
            DeclaredField("note", "备注"),
            DeclaredField("extra", "附加", "json"),
            DeclaredField("phone", "电话", sensitivity="sensitive", mask="masked_mobile", open=False),
        ),
        "key": ("number",),
        "rows": f"""
            SELECT lpad(n::text, 6, '0') AS number, n::bigint AS amount,
                CASE WHEN n % 10 = 0 THEN NULL ELSE n / 4.0::float8 END AS value, (n * 1.1)::numeric(12,2) AS price,
                n % 7 = 0 AS flag, date '2026-01-01' + (n % 365)::int AS day,
                timestamptz '2026-01-01 00:00+08' + n * interval '1 minute' AS at,
                CASE n % 4 WHEN 0 THEN '=1+1' WHEN 1 THEN '平常, "引号"' WHEN 2 THEN NULL ELSE '50%' END AS note,
                jsonb_build_object('n', n) AS extra, '138' || lpad(n::text, 8, '0') AS phone,
                ST_SetSRID(ST_MakePoint(125 + n * 0.0001, 43), 4326) AS geom
            FROM generate_series(1, {rows}) AS n
        """,
        "last_at": "SELECT timestamptz '2026-03-09 00:00+08'",
        "cycle": "daily",
        "opening": "unconditional",
        "geometry": True,
        "keywords": ("检验",),
    }
    return Declared(**{**said, **changes})


def registry_of(*items: Declared) -> Registry[Declared]:
    """Return a registry that holds only these."""
    registry = Registry(Declared)
    for item in items:
        registry.add(item, owner=item.code.split(".")[0])
    return registry


def enter(monkeypatch: pytest.MonkeyPatch, item: Declared, *, now: datetime) -> Dataset:
    """Declare a dataset for the test, make its provider, and enter it into the catalogue."""
    monkeypatch.setitem(declared_datasets()._items, item.code, item)
    if not Organisation.objects.filter(code=item.provider).exists():
        new = NewOrganisation(item.provider, "计量所", "计量所", "department", None, DIVISION)
        create_organisation(system_actor("test"), new=new)
    enter_declared(now=now, datasets=registry_of(item))
    return Dataset.objects.get(code=item.code)
