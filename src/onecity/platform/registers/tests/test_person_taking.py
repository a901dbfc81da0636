"""Blocks of records into the population register."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel import clock
from onecity.kernel.errors import NotPermitted
from onecity.kernel.identifiers.citizen_id import check_character, is_valid_citizen_id
from onecity.platform.identity.tests.factories import make_actor
from onecity.platform.registers import api
from onecity.platform.registers.contracts.persons import BlockKey, Taken
from onecity.platform.registers.models import ContestedValue, Household, Person, PersonVersion
from onecity.platform.registers.permissions import MAINTAIN_PERSONS
from onecity.platform.registers.rules.person_blocks import BlockRefused, identifiers_pass, judge
from onecity.platform.registers.rules.person_history import state_at
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, opened
from onecity.platform.registers.services.persons.states import states_of
from onecity.platform.registers.tests.factories import SYSTEM, make_number, make_person, make_source, publish_ranks

TODAY = date(2026, 3, 10)
GOOD = "11010519491231002X"


def _batch(**columns: Sequence[str | None]) -> pa.RecordBatch:
    return pa.record_batch({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _take(number: int = 1, *, source: str = "police.population", **columns: Sequence[str | None]) -> Taken:
    return api.take_records(
        SYSTEM, source=source, batch=_batch(**columns), block=BlockKey("run-1", number), now=clock.city_now()
    )


DIGITS = st.text("0123456789", min_size=17, max_size=17)


@given(
    st.lists(st.text("0123456789X", min_size=16, max_size=19) | DIGITS.map(lambda text: text + check_character(text)))
)
def test_fast_check_of_numbers_says_what_the_slow_one_says(numbers: list[str]) -> None:
    assert identifiers_pass(numbers).tolist() == [is_valid_citizen_id(text) for text in numbers]


@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)), st.integers(0, 999), st.sampled_from(["11", "22", "83", "91"]))
def test_fast_check_passes_every_right_number(born: date, order: int, province: str) -> None:
    first = f"{province}0000{born:%Y%m%d}{order:03}"
    assert identifiers_pass([first + check_character(first)]).all()


def test_bad_rows_are_returned_with_every_reason() -> None:
    batch = _batch(
        citizen_id=[GOOD, GOOD[:-1] + "1", "", None, GOOD],
        name=["张三", "李四", "王五", "", "张三"],
        sex_code=["2", "", "8", "", ""],
        birth_date=["1949-12-31", "1949-02-31", "", "", ""],
    )
    judged = judge(batch, today=TODAY)
    assert judged.good() == [0]
    codes = {row: [code for code, _ in reasons] for row, reasons in judged.refused.items()}
    assert codes == {
        1: ["birth_date.refused", "citizen_id.refused"],
        2: ["citizen_id.missing", "sex_code.refused"],
        3: ["citizen_id.missing", "name.missing"],
        4: ["citizen_id.repeated"],
    }


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("sex_code", "1"),
        ("birth_date", "1950-01-01"),
        ("ethnicity_code", "汉"),
        ("nationality_code", "CHN"),
        ("education_code", "99"),
        ("marital_code", "99"),
        ("phone", "123"),
        ("relation_code", "xx"),
        ("registered_division", "22"),
        ("living_division", "2201021"),
        ("observed_at", "yesterday"),
    ],
)
def test_each_column_is_checked(column: str, bad: str) -> None:
    expected = 0 if column == "living_division" else 1
    columns = {"citizen_id": [GOOD], "name": ["张三"], column: [bad]}
    judged = judge(_batch(**columns), today=TODAY)
    assert len(judged.refused) == expected


def test_block_with_an_unknown_column_or_without_numbers_is_refused() -> None:
    with pytest.raises(BlockRefused):
        judge(_batch(citizen_id=[GOOD], colour=["red"]), today=TODAY)
    with pytest.raises(BlockRefused):
        judge(_batch(name=["张三"]), today=TODAY)


def test_empty_block_has_nothing() -> None:
    assert judge(_batch(citizen_id=[], name=[]), today=TODAY).rows == 0


def test_other_types_than_text_are_read() -> None:
    batch = pa.record_batch({"citizen_id": [GOOD], "birth_date": pa.array([date(1949, 12, 31)])})
    judged = judge(batch, today=TODAY)
    assert judged.fields["birth_date"] == ["1949-12-31"]
    assert not judged.refused


@pytest.mark.django_db
def test_new_persons_are_entered_sealed_with_household_and_address() -> None:
    source = make_source()
    numbers = [make_number(), make_number(sex="2"), "1"]
    taken = _take(
        citizen_id=numbers,
        name=["张三", "王芳", "李四"],
        phone=["13800138000", "", ""],
        registered_division=["220102001001"] * 3,
        registered_address=["人民大街1号"] * 3,
        living_division=["220103001001", "", ""],
        living_address=["解放大路9号", "", ""],
        household_number=["H1", "H1", ""],
        relation_code=["02", "12", ""],
        observed_at=["2026-01-05", "2026-01-05T08:00:00+08:00", ""],
    )
    assert (taken.read, taken.inserted, taken.unchanged, [item.row for item in taken.refused]) == (3, 2, 0, [2])
    head = Person.objects.get(name="张三")
    assert opened(head.citizen_id_sealed, CITIZEN_ID) == numbers[0]
    assert (head.source_id, head.organisation_id, head.valid_from) == (
        source.id,
        source.organisation_id,
        date(2026, 1, 5),
    )
    assert (head.division_code, head.registered_division_code) == ("220103001001", "220102001001")
    assert (head.name_pinyin, head.phone_masked) == ("zhangsan", "138****8000")
    household = Household.objects.get(number="H1")
    assert household.head_id == head.id
    assert str(household.address) == "人民大街1号"
    assert set(Person.objects.values_list("household_id", flat=True)) == {household.id}
    found = api.find_person(SYSTEM, identifier=numbers[1], reason="核对入库", now=clock.real_now())
    assert found is not None
    assert found.name == "王芳"


@pytest.mark.django_db
def test_same_block_again_changes_nothing() -> None:
    make_source()
    number = make_number()
    first = _take(citizen_id=[number, "1"], name=["张三", "李四"])
    again = _take(citizen_id=[number, "1"], name=["张山", "李四"])
    assert (again.repeated, again.inserted, again.refused) == (True, first.inserted, first.refused)
    assert Person.objects.get().name == "张三"


@pytest.mark.django_db
def test_later_word_of_the_same_source_changes_and_keeps_history() -> None:
    make_source()
    person = make_person(phone="13800138000", valid_from=date(2020, 1, 1))
    number = opened(person.citizen_id_sealed, CITIZEN_ID)
    taken = _take(
        citizen_id=[number],
        phone=["13900139000"],
        education_code=["20"],
        registered_division=["220103001001"],
        registered_address=["解放大路9号"],
        living_division=["220104001001"],
        living_address=["红旗街2号"],
    )
    assert (taken.updated, taken.unchanged, taken.contested) == (1, 0, 0)
    person = Person.objects.select_related("registered_address", "actual_address").get()
    assert (person.phone_masked, person.education_code, person.revision) == ("139****9000", "20", 2)
    assert (person.division_code, str(person.actual_address)) == ("220104001001", "红旗街2号")
    now = clock.city_now()
    before = state_at(states_of(person), valid_at=date(2021, 1, 1), known_at=now)
    assert before is not None
    assert before.facts["phone"] == "13800138000"
    assert before.facts["registered_place"] == "220102001001 人民大街1号1栋101室"
    assert set(before.facts) == set(states_of(person)[-1].facts)


@pytest.mark.django_db
def test_word_from_before_the_present_state_corrects_it() -> None:
    make_source()
    person = make_person(valid_from=date(2026, 3, 1))
    Person.objects.update(observed_at=datetime(2019, 1, 1, tzinfo=UTC))
    number = opened(person.citizen_id_sealed, CITIZEN_ID)
    _take(citizen_id=[number], education_code=["20"], observed_at=["2020-01-01"])
    version = PersonVersion.objects.get()
    assert (version.valid_to, version.known_to is None) == (None, False)
    person.refresh_from_db()
    assert (person.valid_from, person.education_code) == (date(2026, 3, 1), "20")


@pytest.mark.django_db
def test_equal_records_change_nothing() -> None:
    make_source()
    person = make_person(phone="13800138000")
    number = opened(person.citizen_id_sealed, CITIZEN_ID)
    taken = _take(
        citizen_id=[number.lower()],
        name=["张 三"],
        phone=["138 0013 8000"],
        registered_division=["220102001001"],
        registered_address=["人民大街1号1栋101室"],
    )
    assert (taken.updated, taken.unchanged) == (0, 1)
    assert not PersonVersion.objects.exists()


@pytest.mark.django_db
def test_contradictions_are_settled_by_the_same_rule_as_at_the_counter() -> None:
    police, civil = make_source(), make_source("civil.aid", name="民政局救助")
    publish_ranks({"education_code": [[civil.id], [police.id]], "*": [[police.id], [civil.id]]})
    person = make_person(phone="13800138000")
    number = opened(person.citizen_id_sealed, CITIZEN_ID)
    taken = _take(source=civil.code, citizen_id=[number], name=["张山"], phone=["13900139000"], education_code=["20"])
    assert (taken.updated, taken.contested) == (1, 0)
    kept = {item.field: (item.state, item.plain, item.masked) for item in ContestedValue.objects.all()}
    assert kept == {"name": ("lost", "张山", ""), "phone": ("lost", "", "139****9000")}
    person.refresh_from_db()
    assert (person.name, person.education_code) == ("张三", "20")
    assert person.field_sources["education_code"][0] == civil.id


@pytest.mark.django_db
def test_name_from_an_equal_source_waits_for_people() -> None:
    make_source()
    civil = make_source("civil.aid", name="民政局救助")
    person = make_person()
    number = opened(person.citizen_id_sealed, CITIZEN_ID)
    taken = _take(source=civil.code, citizen_id=[number], name=["张山"])
    assert (taken.updated, taken.unchanged, taken.contested) == (0, 1, 1)
    assert ContestedValue.objects.get().state == "waiting"


@pytest.mark.django_db
def test_block_is_taken_only_by_whoever_maintains_for_the_source() -> None:
    make_source()
    stranger = make_actor(MAINTAIN_PERSONS, division="220104")
    batch = _batch(citizen_id=[GOOD], name=["张三"])
    with pytest.raises(NotPermitted):
        api.take_records(
            stranger, source="police.population", batch=batch, block=BlockKey("run", 1), now=clock.city_now()
        )


@pytest.mark.django_db
def test_large_block_lands_whole() -> None:
    make_source()
    numbers = [f"220102{1950 + place % 60}0101{place // 60 % 1000:03}" for place in range(3_000)]
    numbers = [text + check_character(text) for text in numbers]
    taken = _take(citizen_id=list(numbers), name=["张三"] * 3_000)
    assert taken.inserted == len(np.unique(numbers)) == 3_000
