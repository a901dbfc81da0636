"""Corrections, freshness, discovery and races of the catalogue."""

import io
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
import xlsxwriter
from django.db import connection
from pyarrow import parquet

from onecity.kernel.errors import NotFound
from onecity.platform.cases import api as cases
from onecity.platform.exchange.codecs.samples import read_sample
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.models import (
    CatalogueClass,
    CatalogueRule,
    CodeValue,
    Correction,
    Dataset,
    DatasetVersion,
    Licence,
    ProviderCode,
)
from onecity.platform.exchange.selectors.catalogue.classes import NoCatalogueRule, rule_at
from onecity.platform.exchange.selectors.catalogue.corrections import correction_for, corrections_for
from onecity.platform.exchange.selectors.catalogue.figures import most_used, use_by_day, use_of
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue.corrections import (
    AlreadyAnswered,
    BadCorrection,
    answer_doubt,
    report_doubt,
    tell_late,
)
from onecity.platform.exchange.services.catalogue.discovering import (
    NoSuchSource,
    connections_for,
    fields_of_file,
    fields_of_table,
    tables_of,
)
from onecity.platform.exchange.services.catalogue.first_day import enter_first_day
from onecity.platform.exchange.services.catalogue.freshness import note_data
from onecity.platform.exchange.services.catalogue.reviewing import publish, submit
from onecity.platform.exchange.services.catalogue.usage import note_use
from onecity.platform.exchange.tests.catalogue_factories import (
    compiler,
    drafted,
    provider,
    published,
    reader_of,
    reviewer,
)
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import make_connection
from onecity.platform.identity.tests.factories import audited
from onecity.platform.messages.api import unread_count


@pytest.fixture
def entry(db: None, now: datetime) -> Dataset:
    """A published entry."""
    return published(provider(), now=now)


def test_a_doubt_has_its_limit_and_tells_the_provider(entry: Dataset, now: datetime) -> None:
    answerer = compiler(entry.organisation)
    asker = reader_of(provider("公安局"))
    number = report_doubt(
        asker, code=entry.code, description="床位数不对", field_name="number", record_key="A-1", now=now
    )
    row = Correction.objects.get(id=number)
    assert row.due_at - now == timedelta(days=14)  # ten working days
    assert (row.version_number, row.state, row.reporter_organisation_id) == (1, "open", asker.organisation_id)
    assert unread_count(answerer) == 1
    assert audited(f"exchange.correction:{number}") == [("exchange.report_doubt", "done")]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"description": " "}, "description"),
        ({"field_name": "nothing"}, "field_name"),
        ({"record_key": "11010519491231002X"}, "record_key"),
        ({"description": "电话13800138000不通"}, "description"),
    ],
)
def test_a_doubt_that_is_not_whole_or_personal_is_refused(
    entry: Dataset, now: datetime, changes: dict[str, str], named: str
) -> None:
    asked: dict[str, str] = {"description": "不对", **changes}
    with pytest.raises(BadCorrection) as refusal:
        report_doubt(reader_of(provider("公安局")), code=entry.code, now=now, **asked)
    assert set(refusal.value.fields) == {named}
    assert not Correction.objects.exists()


def test_only_published_data_are_doubted(db: None, now: datetime) -> None:
    body = provider()
    with pytest.raises(NoSuchDataset):
        report_doubt(compiler(body), code=drafted(body, compiler(body), now=now).code, description="不对", now=now)


def test_the_provider_answers_once_and_the_asker_is_told(entry: Dataset, now: datetime) -> None:
    asker = reader_of(provider("公安局"))
    number = report_doubt(asker, code=entry.code, description="不对", now=now)
    answerer = compiler(entry.organisation)
    with pytest.raises(BadCorrection):
        answer_doubt(answerer, correction_id=number, state="open", answer="好", now=now)
    with pytest.raises(BadCorrection):
        answer_doubt(answerer, correction_id=number, state="corrected", answer=" ", now=now)
    with pytest.raises(NotFound):
        answer_doubt(compiler(provider("教育局")), correction_id=number, state="corrected", answer="好", now=now)
    with pytest.raises(NotFound):
        answer_doubt(answerer, correction_id=number + 999, state="corrected", answer="好", now=now)
    answer_doubt(answerer, correction_id=number, state="confirmed", answer="数据无误", now=now)
    assert unread_count(asker) == 1
    with pytest.raises(AlreadyAnswered):
        answer_doubt(answerer, correction_id=number, state="corrected", answer="又", now=now)


def test_late_answers_are_told_once(entry: Dataset, now: datetime) -> None:
    answerer = compiler(entry.organisation)
    report_doubt(reader_of(provider("公安局")), code=entry.code, description="不对", now=now)
    assert tell_late(now=now + timedelta(days=13)) == 0
    assert tell_late(now=now + timedelta(days=15)) == 1
    assert tell_late(now=now + timedelta(days=16)) == 0
    assert unread_count(answerer) == 2


def test_doubts_are_seen_by_both_sides_and_nobody_else(entry: Dataset, now: datetime) -> None:
    asker = reader_of(provider("公安局"))
    number = report_doubt(asker, code=entry.code, description="不对", now=now)
    for person in (asker, compiler(entry.organisation)):
        assert correction_for(person, number).id == number
        assert [row.id for row in corrections_for(person, dataset_id=entry.id).rows] == [number]
    with pytest.raises(NotFound):
        correction_for(reader_of(provider("教育局")), number)
    assert not corrections_for(asker, state="corrected").rows


def test_doubts_are_paged(entry: Dataset, now: datetime) -> None:
    asker = reader_of(provider("公安局"))
    numbers = [
        report_doubt(asker, code=entry.code, description="不对", now=now + timedelta(minutes=step)) for step in range(5)
    ]
    first = corrections_for(asker, size=3)
    second = corrections_for(asker, size=3, after=first.next)
    assert [row.id for row in (*first.rows, *second.rows)] == numbers[::-1]
    assert (first.count.number if first.count else 0, second.next, second.count) == (5, None, None)


def test_use_is_counted_by_day_and_in_all(entry: Dataset, now: datetime) -> None:
    note_use(entry.id, kind="views", now=now)
    note_use(entry.id, kind="views", now=now - timedelta(days=1))
    note_use(entry.id, kind="shares", now=now, times=5)
    days = use_by_day(entry.id, until=now.date(), days=3)
    assert [(used.views, used.shares) for _, used in days] == [(0, 0), (1, 0), (1, 5)]
    assert (use_of(entry.id).views, use_of(entry.id).shares) == (2, 5)
    assert most_used(until=now.date()) == [(entry.code, entry.title, 7)]


def test_without_working_time_data_are_noted_and_never_due(
    monkeypatch: pytest.MonkeyPatch, entry: Dataset, now: datetime
) -> None:
    def none(division: str) -> None:
        raise cases.NoCalendar

    monkeypatch.setattr(cases, "calendar_of", none)
    assert note_data(entry.code, data_at=now, now=now)
    entry.refresh_from_db()
    assert (entry.last_data_at, entry.next_data_at) == (now, None)


def test_no_rule_in_force_is_said(db: None) -> None:
    with pytest.raises(NoCatalogueRule):
        rule_at(datetime.fromisoformat("1999-01-01T00:00:00+08:00"))


def test_the_first_day_is_entered_once(db: None, now: datetime) -> None:
    def numbers() -> list[int]:
        return [model.objects.count() for model in (CatalogueClass, CodeValue, CatalogueRule, Licence)]

    before = numbers()
    CatalogueClass.objects.filter(code="303").update(name="本市改名")
    enter_first_day(now=now)
    assert numbers() == before
    assert min(before) >= 1
    assert CatalogueClass.objects.get(code="303").name == "本市改名"


def test_a_table_of_ones_own_connection_gives_suggestions(db: None, dept: Department) -> None:
    """Against a department's real PostgreSQL."""
    body = provider()
    code = make_connection(dept, organisation=body).code
    writer, stranger = compiler(body), compiler(provider("公安局"))
    assert [row.code for row in connections_for(writer)] == [code]
    assert connections_for(stranger) == []
    assert "dept.people" in [shape.name for shape in tables_of(writer, connection_code=code)]
    found = {field.name: field for field in fields_of_table(writer, connection_code=code, table="dept.people")}
    assert list(found) == ["id", "number", "name", "sex", "born", "income", "changed_at"]
    assert (found["id"].is_key, found["id"].type, found["id"].nullable) == (True, "integer", False)
    assert (found["number"].title, found["number"].sensitivity, found["number"].mask) == (
        "公民身份号码",
        "highly_sensitive",
        "masked_identity_number",
    )
    assert (found["name"].title, found["name"].sensitivity) == ("名称", "sensitive")
    assert (found["sex"].title, found["born"].type, found["income"].type) == ("性别", "date", "decimal")
    for person, table in ((stranger, "dept.people"), (writer, "nothing")):
        with pytest.raises(NoSuchSource):
            fields_of_table(person, connection_code=code, table=table)


def test_an_empty_table_gives_its_shape_alone(db: None, dept: Department) -> None:
    dept.execute("DELETE FROM dept.people")
    body = provider()
    code = make_connection(dept, organisation=body).code
    found = fields_of_table(compiler(body), connection_code=code, table="dept.people")
    assert [field.name for field in found][:2] == ["id", "number"]


def xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate([("编号", "姓名", ""), (1, "张三", "a"), (2, "李四", "b"), (3, "王五", None)]):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def parquet_file() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table({"n": [1, 2, 3], "at": pa.array([0, 1, 2], pa.timestamp("us"))}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "fields"),
    [
        ("a.csv", "code,名称\n1,x\n2,y\n3,z\n".encode(), [("code", "integer", True), ("column_2", "text", False)]),
        ("a.csv", "\ufeffcode;n\n1;2\n3;4\n5;6\n".encode(), [("code", "integer", True), ("n", "integer", False)]),
        ("a.xlsx", xlsx(), [("column_1", "integer", True), ("column_2", "text", False), ("column_3", "text", False)]),
        ("a.jsonl", b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n', [("a", "integer", False), ("b", "text", False)]),
        ("a.parquet", parquet_file(), [("n", "integer", True), ("at", "timestamp", False)]),
    ],
)
@pytest.mark.django_db
def test_files_give_suggestions(name: str, content: bytes, fields: list[tuple[str, str, bool]]) -> None:
    found = fields_of_file(name, content=content)
    assert [(field.name, field.type, field.is_key) for field in found] == fields


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.doc", b"x"),
        ("a.csv", b""),
        ("a.xlsx", b"no workbook"),
        ("a.parquet", b"PAR1"),
        ("a.jsonl", b"{"),
        ("a.csv", b"\xff\xff\xff,\x80\x80\n"),
        ("a.csv", ("x," * 600).encode()),
    ],
)
def test_files_that_cannot_be_read_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_sample(name, content=content, rows=10)


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(NotUnderstood):
        fields_of_file("a.csv", content=b"x" * (20 * 1024 * 1024 + 1))


def at_once(*deeds: Callable[[], object]) -> list[BaseException | None]:
    """Do deeds at the same time, each on a connection of its own; return what each raised."""
    gate, outcomes = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        try:
            gate.wait()
            deed()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            outcomes[place] = error  # type: ignore[call-overload]  # filled by place
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_publish_once_and_numbers_are_given_once(now: datetime) -> None:
    enter_first_day(now=now)
    body = provider()
    entries = [drafted(body, compiler(body), now=now) for _ in range(3)]
    for row in entries:
        submit(compiler(body), code=row.code, now=now)
    judges = [reviewer() for _ in range(4)]
    outcomes = at_once(
        lambda: publish(judges[0], code=entries[0].code, now=now),
        lambda: publish(judges[1], code=entries[0].code, now=now),
        lambda: publish(judges[2], code=entries[1].code, now=now),
        lambda: publish(judges[3], code=entries[2].code, now=now),
    )
    assert sorted(type(item).__name__ for item in outcomes if item) == ["NoDraft"]
    assert DatasetVersion.objects.filter(state="published").count() == 3
    codes = set(Dataset.objects.values_list("resource_code", flat=True))
    assert codes == {"303/000001", "303/000002", "303/000003"}
    assert ProviderCode.objects.get().last_back_code == 3


@pytest.mark.django_db(transaction=True)
def test_uses_counted_at_once_are_all_counted(now: datetime) -> None:
    def use() -> None:
        for _ in range(5):
            note_use(77, kind="queries", now=now)

    assert at_once(*[use] * 4) == [None] * 4
    assert use_of(77).queries == 20
