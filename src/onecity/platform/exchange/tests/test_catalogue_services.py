"""Compiling, reviewing, publishing and withdrawing entries."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from onecity.kernel.errors import NotPermitted
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.models import CatalogueCount, DataField, Dataset, DatasetVersion
from onecity.platform.exchange.permissions import REVIEW_CATALOGUE
from onecity.platform.exchange.selectors.catalogue import published_version
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue.compiling import (
    DraftExists,
    change_draft,
    discard_draft,
    new_dataset,
    new_version,
)
from onecity.platform.exchange.services.catalogue.holding import KeptByModule, NoDraft
from onecity.platform.exchange.services.catalogue.reviewing import (
    NotPublished,
    OwnReview,
    ReasonMissing,
    give_back,
    publish,
    submit,
    withdraw,
)
from onecity.platform.exchange.services.catalogue.writing import BadEntry
from onecity.platform.exchange.tests.catalogue_factories import (
    FIELDS,
    compiler,
    drafted,
    provider,
    published,
    reviewer,
    text,
)
from onecity.platform.identity.api import account_actor
from onecity.platform.identity.tests.factories import audited, grant_permissions, make_actor

pytestmark = pytest.mark.django_db


def test_a_draft_becomes_a_published_version_with_its_codes(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now, title="养老机构名录")
    assert (entry.state, entry.resource_code) == ("draft", "")
    submit(compiler(body), code=entry.code, now=now)
    publish(reviewer(), code=entry.code, now=now)
    version = published_version(entry.code)
    entry.refresh_from_db()
    assert (version.number, version.state, entry.state) == (1, "published", "published")
    assert (entry.resource_code, entry.front_code, entry.back_code) == ("303/000001", "220001", "000001")
    assert "养老机构名录" in entry.words
    actions = [action for action, _ in audited(f"exchange.dataset:{entry.id}")]
    assert actions == ["exchange.compile", "exchange.submit", "exchange.publish"]


def test_numbers_go_up_within_a_class_and_within_a_provider(now: datetime) -> None:
    first_body, second_body = provider("民政局"), provider("公安局")
    codes = [published(body, now=now) for body in (first_body, first_body, second_body)]
    assert [row.resource_code for row in codes] == ["303/000001", "303/000002", "303/000003"]
    assert [(row.front_code, row.back_code) for row in codes] == [
        ("220001", "000001"),
        ("220001", "000002"),
        ("220002", "000001"),
    ]


def test_codes_stay_when_the_entry_changes_its_name_and_class(now: datetime) -> None:
    body = provider()
    entry = published(body, now=now)
    new_version(compiler(body), code=entry.code, now=now)
    change_draft(compiler(body), code=entry.code, text=text(title="改名", class_code="302"), fields=FIELDS, now=now)
    submit(compiler(body), code=entry.code, now=now)
    publish(reviewer(), code=entry.code, now=now)
    after = Dataset.objects.get(id=entry.id)
    assert (after.title, after.class_code, after.resource_code) == ("改名", "302", entry.resource_code)


def test_review_has_its_limit_in_working_days(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    submit(compiler(body), code=entry.code, now=now)
    due = DatasetVersion.objects.get(dataset=entry).review_due_at
    assert due is not None
    assert due - now == timedelta(days=7)  # five working days, with a weekend between


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sharing_type": "none"}, "sharing_ground"),
        ({"sharing_type": "conditional"}, "sharing_condition"),
        ({"abstract": "太短"}, "abstract"),
        ({"class_code": "3"}, "class_code"),
        ({"open_type": "unconditional"}, "licence_code"),
        ({"open_type": "conditional", "licence_code": "cc-by-4.0"}, "open_condition"),
        ({"class_code": "101", "sharing_type": "none", "sharing_ground": "法律"}, "sharing_type"),
    ],
)
def test_what_is_not_whole_is_not_submitted(now: datetime, changes: dict[str, Any], named: str) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now, **changes)
    with pytest.raises(BadEntry) as refusal:
        submit(compiler(body), code=entry.code, now=now)
    assert set(refusal.value.fields) == {named}
    assert DatasetVersion.objects.get(dataset=entry).state == "draft"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"title": " "}, "title"),
        ({"class_code": "999"}, "class_code"),
        ({"licence_code": "no-such"}, "licence_code"),
        ({"update_cycle": "sometimes"}, "update_cycle"),
    ],
)
def test_a_draft_with_unknown_codes_is_refused(now: datetime, changes: dict[str, str], named: str) -> None:
    body = provider()
    with pytest.raises(BadEntry) as refusal:
        new_dataset(compiler(body), organisation_id=body.id, text=text(**changes), fields=FIELDS, now=now)
    assert named in refusal.value.fields
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    "field",
    [
        FieldText("Bad Name", "坏"),
        FieldText("number", "重复"),
        FieldText("a", "坏", "blob"),
        FieldText("a", "坏", mask="eval"),
        FieldText("a", "坏", sensitivity="secret"),
        FieldText("a", "坏", sharing_type="maybe"),
        FieldText("a", "坏", code_list_code="nowhere"),
    ],
)
def test_a_draft_with_a_broken_field_is_refused(now: datetime, field: FieldText) -> None:
    body = provider()
    with pytest.raises(BadEntry) as refusal:
        new_dataset(compiler(body), organisation_id=body.id, text=text(), fields=(*FIELDS, field), now=now)
    assert set(refusal.value.fields) == {"fields"}


def test_another_department_neither_sees_nor_touches_a_draft(now: datetime) -> None:
    body, other = provider("民政局"), provider("公安局")
    entry = drafted(body, compiler(body), now=now)
    stranger = compiler(other)
    with pytest.raises(NoSuchDataset):
        change_draft(stranger, code=entry.code, text=text(), fields=FIELDS, now=now)
    with pytest.raises(NoSuchDataset):
        submit(stranger, code=entry.code, now=now)
    with pytest.raises(NoSuchDataset):
        discard_draft(stranger, code=entry.code)
    with pytest.raises(NotPermitted):
        new_dataset(stranger, organisation_id=body.id, text=text(), fields=FIELDS, now=now)


def test_another_department_may_not_change_what_is_published(now: datetime) -> None:
    entry = published(provider("民政局"), now=now)
    with pytest.raises(NotPermitted):
        new_version(compiler(provider("公安局")), code=entry.code, now=now)


def test_a_compiler_may_not_publish(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    submit(compiler(body), code=entry.code, now=now)
    with pytest.raises(NoSuchDataset):
        publish(compiler(body), code=entry.code, now=now)


def test_who_submitted_may_not_review(now: datetime) -> None:
    body = provider()
    both = compiler(body)
    assert both.id is not None
    entry = drafted(body, both, now=now)
    submit(both, code=entry.code, now=now)
    grant_permissions(both.id, REVIEW_CATALOGUE, organisation_id=body.id)
    again = account_actor(both.id)
    assert again is not None
    with pytest.raises(OwnReview):
        publish(again, code=entry.code, now=now)


def test_only_what_was_submitted_is_published(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    with pytest.raises(NoDraft):
        publish(reviewer(), code=entry.code, now=now)


def test_a_returned_version_is_mended_and_submitted_again(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    submit(compiler(body), code=entry.code, now=now)
    with pytest.raises(ReasonMissing):
        give_back(reviewer(), code=entry.code, reason=" ", now=now)
    give_back(reviewer(), code=entry.code, reason="摘要未说明范围", now=now)
    version = DatasetVersion.objects.get(dataset=entry)
    assert (version.state, version.return_reason) == ("returned", "摘要未说明范围")
    change_draft(compiler(body), code=entry.code, text=text(title="改好了"), fields=FIELDS, now=now)
    submit(compiler(body), code=entry.code, now=now)
    assert DatasetVersion.objects.get(dataset=entry).state == "submitted"


def test_a_submitted_version_waits_untouched(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    submit(compiler(body), code=entry.code, now=now)
    with pytest.raises(NoDraft):
        change_draft(compiler(body), code=entry.code, text=text(), fields=FIELDS, now=now)
    with pytest.raises(DraftExists):
        new_version(compiler(body), code=entry.code, now=now)


def test_the_next_version_begins_as_a_copy_and_replaces_the_last(now: datetime) -> None:
    body = provider()
    entry = published(body, now=now, keywords=("养老",))
    assert new_version(compiler(body), code=entry.code, now=now) == 2
    draft = DatasetVersion.objects.get(dataset=entry, number=2)
    assert (draft.title, draft.keywords) == (entry.title, ["养老"])
    assert [field.name for field in DataField.objects.filter(version=draft).order_by("position")] == [
        field.name for field in FIELDS
    ]
    submit(compiler(body), code=entry.code, now=now)
    publish(reviewer(), code=entry.code, now=now)
    states = DatasetVersion.objects.filter(dataset=entry).order_by("number").values_list("state", flat=True)
    assert list(states) == ["replaced", "published"]
    assert published_version(entry.code).number == 2


def test_discarding_the_first_draft_takes_the_entry_with_it(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    discard_draft(compiler(body), code=entry.code)
    assert not Dataset.objects.filter(id=entry.id).exists()


def test_discarding_a_later_draft_leaves_what_is_published(now: datetime) -> None:
    body = provider()
    entry = published(body, now=now)
    new_version(compiler(body), code=entry.code, now=now)
    discard_draft(compiler(body), code=entry.code)
    assert published_version(entry.code).number == 1


def test_a_withdrawn_entry_is_no_longer_published(now: datetime) -> None:
    body = provider()
    entry = published(body, now=now)
    with pytest.raises(ReasonMissing):
        withdraw(reviewer(), code=entry.code, reason="", now=now)
    withdraw(reviewer(), code=entry.code, reason="职责调整", now=now)
    with pytest.raises(NoSuchDataset):
        published_version(entry.code)
    with pytest.raises(NotPublished):
        withdraw(reviewer(), code=entry.code, reason="再来", now=now)
    assert DatasetVersion.objects.get(dataset=entry).state == "withdrawn"


def test_an_entry_that_a_module_keeps_is_not_edited(now: datetime) -> None:
    body = provider()
    entry = published(body, now=now)
    Dataset.objects.filter(id=entry.id).update(declared=True)
    with pytest.raises(KeptByModule):
        new_version(compiler(body), code=entry.code, now=now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_datasetversion SET title = '改' WHERE dataset_id = %s",
        "UPDATE exchange_datasetversion SET state = 'draft' WHERE dataset_id = %s",
        "DELETE FROM exchange_datasetversion WHERE dataset_id = %s",
        "UPDATE exchange_datafield SET title = '改' WHERE version_id ="
        " (SELECT id FROM exchange_datasetversion WHERE dataset_id = %s)",
        "DELETE FROM exchange_datafield WHERE version_id ="
        " (SELECT id FROM exchange_datasetversion WHERE dataset_id = %s)",
    ],
)
def test_the_database_itself_keeps_a_published_version_as_it_is(now: datetime, statement: str) -> None:
    entry = published(provider(), now=now)
    with pytest.raises((ProgrammingError, InternalError), match="never altered"), transaction.atomic():
        connection.cursor().execute(statement, [entry.id])


def test_counts_follow_publication_change_and_withdrawal(now: datetime) -> None:
    body = provider()
    entry = published(body, now=now, open_type="unconditional", licence_code="cc-by-4.0")

    def number(audience: str, facet: str, value: str) -> int:
        row = CatalogueCount.objects.filter(audience=audience, facet=facet, value=value).first()
        return row.number if row else 0

    assert [number("staff", "all", ""), number("public", "all", "")] == [1, 1]
    assert [number("staff", "class", code) for code in ("3", "303")] == [1, 1]
    new_version(compiler(body), code=entry.code, now=now)
    change_draft(compiler(body), code=entry.code, text=text(class_code="302"), fields=FIELDS, now=now)
    submit(compiler(body), code=entry.code, now=now)
    publish(reviewer(), code=entry.code, now=now)
    assert [number("staff", "class", code) for code in ("3", "303", "302")] == [1, 0, 1]
    assert number("public", "all", "") == 0
    withdraw(reviewer(), code=entry.code, reason="职责调整", now=now)
    assert [number("staff", "all", ""), number("staff", "provider", str(body.id))] == [0, 0]


def test_a_reviewer_of_another_division_may_not_publish(now: datetime) -> None:
    body = provider()
    entry = drafted(body, compiler(body), now=now)
    submit(compiler(body), code=entry.code, now=now)
    elsewhere = make_actor(REVIEW_CATALOGUE, organisation=provider("外市数据局"))
    with pytest.raises(NoSuchDataset):
        publish(elsewhere, code=entry.code, now=now)
