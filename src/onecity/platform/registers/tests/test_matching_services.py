"""Deliveries are matched exactly, then by probability; clerks judge the rest; merges can be undone."""

from datetime import date

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.geo.api import load_addresses, match_addresses
from onecity.platform.geo.contracts import AddressRow
from onecity.platform.geo.tests.factories import make_tree
from onecity.platform.identity.api import ReasonNeeded
from onecity.platform.identity.tests.factories import (
    make_actor,
    make_organisation,
    open_session,
    plain_actor,
    times_audited,
)
from onecity.platform.jobs.tests.factories import Unwatched
from onecity.platform.registers.contracts.matching import RECORD_COLUMNS, MatchRunInfo
from onecity.platform.registers.contracts.persons import Place
from onecity.platform.registers.models import DoubtfulPair, MatchLink, MatchModel, Person, PersonAddress, PersonMerge
from onecity.platform.registers.permissions import JUDGE_PAIRS, MAINTAIN_PERSONS, MANAGE_SOURCES, VIEW_PERSONS
from onecity.platform.registers.rules.matching import FIRST
from onecity.platform.registers.services.matching import engine
from onecity.platform.registers.services.matching.addresses import run_match_addresses
from onecity.platform.registers.services.matching.deciding import PairDecided, decide_pair, take_back
from onecity.platform.registers.services.matching.jobs import run_search_doubles
from onecity.platform.registers.services.matching.merges import AlreadyUndone, MergeRefused, merge_persons, undo_merge
from onecity.platform.registers.services.matching.models import NoModel, NotADraftModel, draft_model, publish_model
from onecity.platform.registers.services.matching.records import RecordsRefused
from onecity.platform.registers.services.matching.runs import match_people, search_doubles
from onecity.platform.registers.tests.factories import SYSTEM, make_number, make_person, make_source

pytestmark = pytest.mark.django_db
NOW = clock.city_now()
BORN = date(1988, 3, 4)


@pytest.fixture(autouse=True)
def source() -> None:
    make_source()


def delivery(*records: dict[str, str]) -> pa.Table:
    rows = [{"key": f"r{nr}", **record} for nr, record in enumerate(records)]
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in RECORD_COLUMNS})


def match(*records: dict[str, str], code: str = "one", actor: Actor = SYSTEM) -> MatchRunInfo:
    return match_people(
        actor,
        code=code,
        title="测试",
        source="police.population",
        records=delivery(*records),
        organisation_id=make_organisation(f"单位{code}").id,
        now=NOW,
    )


def at_home(name: str, *, sex: str = "1") -> dict[str, str]:
    place = {"address": "陕西路1号", "division_code": "220102001001"}
    return {"name": name, "birth_date": "1988-03-04", "sex_code": sex, **place}


def outcomes() -> dict[str, str]:
    return dict(MatchLink.objects.values_list("record_key", "outcome"))


def test_identity_number_matches_exactly() -> None:
    number = make_number(born=BORN)
    person = make_person("李四", number=number, born=BORN)
    run = match({"name": "李四", "citizen_id": number.lower(), "birth_date": "1988-03-04"})
    assert (run.records, run.exact, run.unmatched) == (1, 1, 0)
    assert MatchLink.objects.get().person_id == person.id


def test_number_that_belongs_to_somebody_of_another_name_is_doubtful() -> None:
    number = make_number(born=BORN)
    make_person("李四", number=number, born=BORN)
    run = match({"name": "王五六", "citizen_id": number})
    assert run.doubtful == 1
    pair = DoubtfulPair.objects.get()
    assert (pair.agreement["citizen_id"], pair.agreement["name"]) == ("same", "different")
    assert number not in str(pair.facts)


def test_without_number_name_birthday_and_address_decide() -> None:
    person = make_person("欧阳娜", born=BORN, sex="2", place=Place("220102001001", "陕西路1号"))
    make_person("欧阳娜", born=date(1950, 1, 1), sex="2", place=Place("220102001001", "太平街2号"))
    run = match(
        at_home("欧阳娜", sex="2"),
        {"name": "司马光", "birth_date": "1988-03-04", "sex_code": "1"},
    )
    assert (run.probable, run.unmatched) == (1, 1)
    link = MatchLink.objects.get(record_key="r0")
    assert (link.person_id, link.outcome) == (person.id, "probable")
    assert link.probability is not None
    assert link.probability > 0.99


def test_name_of_the_same_sound_is_found() -> None:
    person = make_person("李思", born=BORN, place=Place("220102001001", "陕西路1号"))
    record = at_home("李四")
    match(record)
    pair = DoubtfulPair.objects.filter(person=person).first()
    link = MatchLink.objects.get()
    assert link.person_id == person.id or (pair is not None and pair.agreement["name"] == "homophone")


def test_two_persons_alike_are_for_a_clerk() -> None:
    for _ in range(2):
        make_person("张伟", born=BORN, place=Place("220102001001", "陕西路1号"))
    run = match(at_home("张伟"))
    assert (run.doubtful, run.probable) == (1, 0)
    assert DoubtfulPair.objects.count() == 2


def test_run_is_done_once() -> None:
    make_person("李四", born=BORN)
    first = match({"name": "李四"})
    assert match({"name": "无名"}, {"name": "氏"}) == first
    assert MatchLink.objects.count() == 1


@pytest.mark.parametrize(
    "records",
    [
        pa.table({"key": ["1"], "name": ["甲"]}),
        delivery({"name": ""}),
        delivery({"name": "甲", "key": "1"}, {"name": "乙", "key": "1"}),
    ],
)
def test_incomplete_delivery_is_refused(records: pa.Table) -> None:
    organisation = make_organisation("民政局")
    with pytest.raises(RecordsRefused):
        match_people(
            SYSTEM,
            code="x",
            title="",
            source="police.population",
            records=records,
            organisation_id=organisation.id,
            now=NOW,
        )


def test_bad_number_phone_and_date_count_as_not_given() -> None:
    run = match({"name": "甲", "citizen_id": "123", "phone": "abc", "birth_date": "1988-13-04"})
    assert run.unmatched == 1


def test_only_who_judges_pairs_may_match() -> None:
    with pytest.raises(NotPermitted):
        match({"name": "甲"}, actor=plain_actor())


def doubtful() -> tuple[DoubtfulPair, DoubtfulPair]:
    for _ in range(2):
        make_person("张伟", born=BORN, place=Place("220102001001", "陕西路1号"))
    match(at_home("张伟"))
    first, second = DoubtfulPair.objects.order_by("id")
    return first, second


def test_confirmed_pair_settles_its_record_and_can_be_taken_back() -> None:
    first, second = doubtful()
    decide_pair(SYSTEM, pair_id=first.id, same=True, note="电话核实", now=NOW)
    second.refresh_from_db()
    assert second.state == DoubtfulPair.State.DIFFERENT
    assert MatchLink.objects.get().person_id == first.person_id
    take_back(SYSTEM, pair_id=first.id, note="核错了人", now=NOW)
    assert set(DoubtfulPair.objects.values_list("state", flat=True)) == {"waiting"}
    assert outcomes() == {"r0": "doubtful"}


def test_record_whose_pairs_are_all_denied_is_rejected() -> None:
    for pair in doubtful():
        decide_pair(SYSTEM, pair_id=pair.id, same=False, note="", now=NOW)
    assert outcomes() == {"r0": "rejected"}


def test_pair_is_judged_once() -> None:
    first, _ = doubtful()
    with pytest.raises(PairDecided):
        take_back(SYSTEM, pair_id=first.id, note="", now=NOW)
    decide_pair(SYSTEM, pair_id=first.id, same=False, note="", now=NOW)
    with pytest.raises(PairDecided):
        decide_pair(SYSTEM, pair_id=first.id, same=True, note="", now=NOW)


def test_pair_outside_the_scope_is_not_found() -> None:
    first, _ = doubtful()
    with pytest.raises(NotFound):
        decide_pair(make_actor(JUDGE_PAIRS, division="220106"), pair_id=first.id, same=True, note="", now=NOW)


def doubles() -> tuple[Person, Person]:
    known = make_person("诸葛明", born=BORN, place=Place("220102001001", "陕西路1号"), phone="13800000001")
    again = make_person("诸葛明", born=BORN, place=Place("220102001001", "陕西路1号"))
    return known, again


def without_number(person: Person) -> None:
    Person.objects.filter(id=person.id).update(citizen_id_sealed=b"", citizen_id_hashed="", citizen_id_masked="")


def search(code: str = "doubles") -> MatchRunInfo:
    organisation = make_organisation(f"单位{code}")
    return search_doubles(SYSTEM, code=code, title="重复", division="2201", organisation_id=organisation.id, now=NOW)


def test_double_entry_is_found_merged_and_parted_again() -> None:
    known, again = doubles()
    number = known.citizen_id_masked
    without_number(again)
    assert search().doubtful == 1
    pair = DoubtfulPair.objects.get()
    decide_pair(SYSTEM, pair_id=pair.id, same=True, note="同一人重复登记", now=NOW)
    again.refresh_from_db()
    assert (again.status, again.merged_into_id) == ("merged", known.id)
    take_back(SYSTEM, pair_id=pair.id, note="其实是双胞胎", now=NOW)
    again.refresh_from_db()
    known.refresh_from_db()
    assert (again.status, again.merged_into_id, again.citizen_id_masked) == ("alive", None, "")
    assert known.citizen_id_masked == number


def test_kept_entry_takes_what_it_lacks_and_gives_it_back() -> None:
    kept, merged = doubles()
    without_number(kept)
    number, hashed = merged.citizen_id_masked, merged.citizen_id_hashed
    merge = merge_persons(SYSTEM, kept_id=kept.id, merged_id=merged.id, reason="重复登记", now=NOW)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.citizen_id_hashed, merged.citizen_id_hashed) == (hashed, "")
    undo_merge(SYSTEM, merge_id=merge, reason="合并有误", now=NOW)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.citizen_id_hashed, merged.citizen_id_hashed) == ("", hashed)
    assert merged.citizen_id_masked == number
    with pytest.raises(AlreadyUndone):
        undo_merge(SYSTEM, merge_id=merge, reason="合并有误", now=NOW)


def test_two_identity_numbers_are_two_persons() -> None:
    kept, merged = doubles()
    with pytest.raises(MergeRefused):
        merge_persons(SYSTEM, kept_id=kept.id, merged_id=merged.id, reason="重复登记", now=NOW)
    with pytest.raises(MergeRefused):
        merge_persons(SYSTEM, kept_id=kept.id, merged_id=kept.id, reason="重复登记", now=NOW)
    with pytest.raises(ReasonNeeded):
        merge_persons(SYSTEM, kept_id=kept.id, merged_id=merged.id, reason="", now=NOW)
    assert not PersonMerge.objects.exists()


def test_merged_entry_is_not_merged_again() -> None:
    kept, merged = doubles()
    without_number(merged)
    merge_persons(SYSTEM, kept_id=kept.id, merged_id=merged.id, reason="重复登记", now=NOW)
    with pytest.raises(MergeRefused):
        merge_persons(SYSTEM, kept_id=kept.id, merged_id=merged.id, reason="重复登记", now=NOW)


def test_pair_denied_once_is_not_shown_again() -> None:
    _, again = doubles()
    without_number(again)
    search()
    decide_pair(SYSTEM, pair_id=DoubtfulPair.objects.get().id, same=False, note="", now=NOW)
    search("again")
    assert DoubtfulPair.objects.count() == 1


def test_job_reports_what_it_found() -> None:
    _, again = doubles()
    without_number(again)
    found = run_search_doubles(Unwatched(), {"division": "", "organisation": make_organisation("公安局").id})
    assert found is not None
    assert found["pairs"] == 1


def test_model_is_drafted_published_and_then_fixed() -> None:
    number = draft_model(SYSTEM, weights=FIRST.written(), sure_from=0.95, doubtful_from=0.6, basis="试算", now=NOW)
    assert (
        draft_model(SYSTEM, weights=FIRST.written(), sure_from=0.9, doubtful_from=0.6, basis="再算", now=NOW) == number
    )
    publish_model(SYSTEM, number=number, now=NOW)
    with pytest.raises(NotADraftModel):
        publish_model(SYSTEM, number=number, now=NOW)
    make_person("李四", born=BORN)
    assert match({"name": "李四"}).model_number == number
    assert times_audited("registers.publish_match_model") == 1


def test_model_needs_the_right() -> None:
    with pytest.raises(NotPermitted):
        draft_model(plain_actor(), weights=FIRST.written(), sure_from=0.9, doubtful_from=0.5, basis="", now=NOW)
    with pytest.raises(NotPermitted):
        publish_model(plain_actor(), number=1, now=NOW)


def test_nothing_is_matched_without_a_model() -> None:
    MatchModel.objects.all().delete()
    with pytest.raises(NoModel):
        match({"name": "李四"})


def test_weights_are_learned_from_a_delivery() -> None:
    names = [f"{a}{b}" for a in "赵钱孙李周吴郑王" for b in "伟芳娜敏静强"]
    columns = {
        "name_pinyin": names,
        "name": names,
        "birth_date": [f"19{50 + nr}-0{nr % 9 + 1}-11" for nr in range(len(names))],
        "sex_code": ["1", "2"] * (len(names) // 2),
        "address": [f"路{nr}号" for nr in range(len(names))],
        "phone": [str(nr) for nr in range(len(names))],
    }
    table = pa.table({"unique_id": list(range(len(names))), **columns})
    learned = engine.learn(table, table, prior=FIRST)
    assert learned.fields["name"].m[0] > 0.9
    assert sum(learned.fields["name"].u) == pytest.approx(1)


def test_addresses_of_people_lead_to_standard_addresses() -> None:
    make_tree()
    rows = [AddressRow("1", "陕西路1号", 125.01, 43.91), AddressRow("2", "陕西路2号", 125.01, 43.91)]
    load_addresses(SYSTEM, rows=rows, source="测试")
    make_person("甲", place=Place("220104001001", "陕西路1号"))
    make_person("乙", place=Place("220104001001", "没有的路1号"))
    assert run_match_addresses(Unwatched(), {}) == {"addresses": 2, "matched": 1}
    [match] = match_addresses(["陕西路1号"])
    assert match.best is not None
    assert PersonAddress.objects.get(text="陕西路1号").place_id == match.best.id
    assert run_match_addresses(Unwatched(), {}) == {"addresses": 1, "matched": 0}


@pytest.fixture
def clerk(client: Client) -> Client:
    actor = make_actor(JUDGE_PAIRS, VIEW_PERSONS, MAINTAIN_PERSONS, MANAGE_SOURCES, everywhere=True)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def test_pages_show_compare_and_decide(clerk: Client) -> None:
    first, second = doubtful()
    assert "张伟" in clerk.get("/registers/pairs?state=waiting").content.decode()
    page = clerk.get(f"/registers/pairs/{first.id}").content.decode()
    assert "一致" in page
    answer = clerk.post(f"/registers/pairs/{first.id}", {"decision": "different", "note": ""})
    assert answer["Location"] == f"/registers/pairs/{second.id}"
    assert clerk.post(f"/registers/pairs/{first.id}", {"decision": "same"}).status_code == 409
    assert clerk.post(f"/registers/pairs/{first.id}", {"decision": "back"}).status_code == 302
    assert "测试" in clerk.get("/registers/matching").content.decode()


def test_file_is_matched_on_the_page(clerk: Client) -> None:
    number = make_number(born=BORN)
    make_person("李四", number=number, born=BORN)
    head = ",".join(RECORD_COLUMNS)
    body = f"{head}\n1,李四,1,1988-03-04,{number},,,\n".encode()
    fields = {"title": "来函", "source": "police.population"}
    answer = clerk.post("/registers/matching/deliver", {**fields, "file": SimpleUploadedFile("a.csv", body)})
    assert answer.status_code == 302
    assert outcomes() == {"1": "exact"}
    for wrong in (b"\xff\xfe\x00", b"key,name\n1,\n"):
        page = clerk.post("/registers/matching/deliver", {**fields, "file": SimpleUploadedFile("a.csv", wrong)})
        assert "待匹配的记录不完整" in page.content.decode()


def test_model_page_drafts_and_publishes(clerk: Client) -> None:
    wrong = clerk.post("/registers/matching/models", {"sure_from": 0.6, "doubtful_from": 0.9, "basis": "x"})
    assert "不能高于" in wrong.content.decode()
    clerk.post("/registers/matching/models", {"sure_from": 0.95, "doubtful_from": 0.5, "basis": "会议纪要"})
    draft = MatchModel.objects.get(state="draft")
    clerk.post(f"/registers/matching/models/{draft.number}/publish")
    assert "会议纪要" in clerk.get("/registers/matching/models").content.decode()
