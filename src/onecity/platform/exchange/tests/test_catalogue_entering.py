"""What modules declare stands in the catalogue by itself."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from onecity.kernel.registry import declared
from onecity.platform.exchange.declare import Dataset as Declared
from onecity.platform.exchange.models import DataField, Dataset, DatasetVersion
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.rules.catalogue import faults
from onecity.platform.exchange.rules.resource_codes import BadProviderNumber
from onecity.platform.exchange.selectors.catalogue import published_version
from onecity.platform.exchange.selectors.catalogue.lists import EntryQuery, counts, open_entries
from onecity.platform.exchange.selectors.catalogue.rows import batches, field_texts
from onecity.platform.exchange.services.catalogue.entering import enter_declared, text_of_declared
from onecity.platform.exchange.services.catalogue.freshness import note_data, refresh_declared
from onecity.platform.exchange.services.catalogue.reviewing import said_of
from onecity.platform.exchange.services.catalogue.writing import apply_text, check
from onecity.platform.exchange.tests.catalogue_factories import enter, gauge, registry_of
from onecity.platform.identity.tests.factories import make_organisation

pytestmark = pytest.mark.django_db


def test_a_declared_dataset_is_published_with_its_fields(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    entry = enter(monkeypatch, gauge(), now=now)
    version = published_version("gauge.rows")
    assert (entry.declared, entry.state, entry.resource_code) == (True, "published", "211001/000001")
    assert (version.number, version.open_type, version.licence_code) == (1, "unconditional", "cc-by-4.0")
    fields = {row.name: row for row in DataField.objects.filter(version=version)}
    assert (fields["number"].is_key, fields["number"].nullable) == (True, False)
    assert (fields["phone"].is_open, fields["note"].is_open) == (False, True)
    assert [row.code for row in open_entries(EntryQuery(search="计量")).rows] == ["gauge.rows"]


def test_entering_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    enter(monkeypatch, gauge(), now=now)
    assert enter_declared(now=now, datasets=registry_of(gauge())) == 0
    assert DatasetVersion.objects.count() == 1


def test_a_changed_declaration_makes_a_new_version_under_the_same_codes(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    entry = enter(monkeypatch, gauge(), now=now)
    enter_declared(now=now, datasets=registry_of(gauge(name="计量记录（新）", opening="none")))
    after = Dataset.objects.get(id=entry.id)
    assert (after.title, after.open_type, after.resource_code) == ("计量记录（新）", "none", entry.resource_code)
    assert published_version("gauge.rows").number == 2
    assert counts("public", facet="all") == {}
    assert counts("staff", facet="all") == {"": 1}


def test_other_sql_for_the_same_rows_is_no_new_version(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    enter(monkeypatch, gauge(), now=now)
    assert enter_declared(now=now, datasets=registry_of(gauge(rows=5))) == 0


def test_a_dataset_no_longer_declared_is_withdrawn_and_comes_back_with_its_code(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    entry = enter(monkeypatch, gauge(), now=now)
    assert enter_declared(now=now, datasets=registry_of()) == 1
    assert enter_declared(now=now, datasets=registry_of()) == 0
    assert Dataset.objects.get(id=entry.id).state == "withdrawn"
    enter_declared(now=now, datasets=registry_of(gauge()))
    after = Dataset.objects.get(id=entry.id)
    assert (after.state, after.resource_code) == ("published", entry.resource_code)


def test_a_dataset_whose_provider_is_not_there_waits(now: datetime) -> None:
    assert enter_declared(now=now, datasets=registry_of(gauge(provider="nobody_yet"))) == 0
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("item", list(declared(Declared)), ids=lambda item: item.code)
def test_every_declared_dataset_is_whole_and_gives_its_rows(item: Declared, now: datetime) -> None:
    """Also against the database: the columns, the key and the instant of the newest data are as declared."""
    text = text_of_declared(item, licence="cc-by-4.0")
    fields = field_texts(item)
    check(text, fields)
    version = DatasetVersion()
    apply_text(version, text)
    assert faults(said_of(version, fields=fields)) == {}
    assert set(item.key) <= {field.name for field in fields}
    assert list(batches(item.code, fields=fields, geometry="geojson" if item.geometry else "")) is not None
    refresh_declared(now=now)


def test_declared_codes_are_unique_and_related_ones_exist() -> None:
    codes = {item.code for item in declared_datasets()}
    assert {code for item in declared_datasets() for code in item.related} <= codes


def test_newest_data_are_noted_and_never_go_back(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    entry = enter(monkeypatch, gauge(), now=now)
    refresh_declared(now=now)
    entry.refresh_from_db()
    assert entry.last_data_at == datetime.fromisoformat("2026-03-09T00:00:00+08:00")
    assert entry.next_data_at is not None
    note_data("gauge.rows", data_at=now - timedelta(days=30), now=now)
    entry.refresh_from_db()
    assert entry.last_data_at == datetime.fromisoformat("2026-03-09T00:00:00+08:00")
    assert not note_data("gauge.unknown", data_at=now, now=now)


def test_a_provider_of_an_unknown_province_gets_no_code(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    body = make_organisation("无区划单位")
    with pytest.raises(BadProviderNumber):
        enter(monkeypatch, replace(gauge(), provider=body.code), now=now)
