"""Components: identifiers, surveys, files with a quarantine, links to cases."""

import io
import json
from datetime import date, datetime
from http import HTTPStatus

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.urban_management.codecs import FileUnreadable, rows_of
from onecity.domains.urban_management.models import Component, ComponentFault
from onecity.domains.urban_management.rules.components import (
    ComponentLine,
    code_fault,
    line_of,
    made_code,
    named,
)
from onecity.domains.urban_management.selectors import components as read
from onecity.domains.urban_management.services.components import (
    ClassDiffers,
    drop_fault,
    import_components,
    link_component,
    mend_fault,
    register_component,
)
from onecity.domains.urban_management.tests.factories import (
    GRID,
    INSIDE,
    Offices,
    make_city_case,
    shown,
)
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.identifiers.component_code import parse_component_code
from onecity.platform.cases.api import case_id
from onecity.platform.geo.api import OutsideCity
from onecity.platform.identity.tests.factories import open_session, plain_actor

pytestmark = pytest.mark.django_db
COVER = ComponentLine("C0101", *INSIDE)
DISTRICT = GRID[:6]


def test_published_identifier_is_read_by_its_parts() -> None:
    # The municipal example of the standards pack: Suzhou Gusu, water manhole cover, no. 1.
    assert code_fault("3205080101000001", class_code="C0101") == ""
    assert made_code("320508001001001", class_code="C0101", serial=1) == "3205080101000001"


@given(st.integers(1, 999_999), st.sampled_from(["C0101", "C0606", "C2199"]))
def test_made_identifier_is_read_back(serial: int, class_code: str) -> None:
    parsed = parse_component_code(made_code("220104001001001", class_code=class_code, serial=serial))
    assert (parsed.division_code, f"C{parsed.big_class}{parsed.small_class}") == ("220104", class_code)
    assert int(parsed.serial) == serial


@pytest.mark.parametrize(
    "code", ["320508010100001", "32050801010000011", "3205080102000001", "3205080101000000", "x" * 16]
)
def test_identifier_of_wrong_length_class_serial_or_letters_is_refused(code: str) -> None:
    assert code_fault(code, class_code="C0101")


@pytest.mark.parametrize("serial", [0, 1_000_000])
def test_running_numbers_end(serial: int) -> None:
    with pytest.raises(Invalid):
        made_code("220104", class_code="C0101", serial=serial)


def line(**facts: str) -> dict[str, str]:
    return {"class_code": "C0101", "longitude": "125.0", "latitude": "43.9", **facts}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"class_code": "E0304"}, "class_code"),
        ({"class_code": "C01"}, "class_code"),
        ({"class_code": ""}, "class_code"),
        ({"longitude": "east"}, "longitude"),
        ({"latitude": "91"}, "longitude"),
        ({"longitude": "nan"}, "longitude"),
        ({"state": "好"}, "state"),
        ({"surveyed": "去年"}, "surveyed"),
        ({"code": "1"}, "code"),
    ],
)
def test_line_is_refused_at_its_field(facts: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        line_of(line(**facts))
    assert list(refusal.value.fields) == [field]


def test_line_says_what_the_survey_said() -> None:
    row = {
        "ObjID": 2201040101000007.0,
        "ObjName": "井盖",
        "ObjState": "破损",
        "X": 125,
        "Y": "43.9",
        "ORDate": "2026-03-01",
    }
    found = line_of(named(row))
    assert (found.code, found.class_code, found.state, found.surveyed) == (
        "2201040101000007", "C0101", "broken", date(2026, 3, 1),
    )  # fmt: skip
    assert line_of(line(class_code="0101")).class_code == "C0101"


def test_component_gets_the_next_number_of_its_district_and_class(offices: Offices, now: datetime) -> None:
    first, made = register_component(offices.supervisor, line=COVER, now=now)
    other = ComponentLine("C0101", INSIDE[0] + 0.0002, INSIDE[1])
    second, _ = register_component(offices.supervisor, line=other, now=now)
    lamp, _ = register_component(offices.supervisor, line=ComponentLine("C0106", *INSIDE), now=now)
    assert made
    assert [row.code for row in (first, second, lamp)] == [
        f"{DISTRICT}0101000001", f"{DISTRICT}0101000002", f"{DISTRICT}0106000001",
    ]  # fmt: skip
    assert (first.division_code, first.name, first.organisation_id) == (GRID, "上水井盖", offices.centre.id)


def test_component_at_its_place_is_changed_and_not_doubled(offices: Offices, now: datetime) -> None:
    first, _ = register_component(offices.supervisor, line=COVER, now=now)
    broken = ComponentLine("C0101", *INSIDE, state="broken")
    again, made = register_component(offices.supervisor, line=broken, now=now)
    assert (again.id, again.state, made) == (first.id, "broken", False)
    named_line = ComponentLine("C0101", INSIDE[0] + 0.0002, INSIDE[1], code=first.code)
    moved, made = register_component(offices.supervisor, line=named_line, now=now)
    assert (moved.id, made, Component.objects.count()) == (first.id, False, 1)


def test_line_that_leaves_something_out_changes_only_what_it_says(offices: Offices, now: datetime) -> None:
    told = ComponentLine("C0101", *INSIDE, state="broken", keeper="供水公司", name="路口井盖")
    register_component(offices.supervisor, line=told, now=now)
    row, _ = register_component(offices.supervisor, line=COVER, now=now)
    assert (row.state, row.keeper, row.name) == ("broken", "供水公司", "路口井盖")


def test_given_number_moves_the_sequence_on(offices: Offices, now: datetime) -> None:
    given_line = ComponentLine("C0101", *INSIDE, code=f"{DISTRICT}0101000041")
    register_component(offices.supervisor, line=given_line, now=now)
    following = ComponentLine("C0101", INSIDE[0] + 0.0002, INSIDE[1])
    assert register_component(offices.supervisor, line=following, now=now)[0].code.endswith("000042")


def test_component_elsewhere_or_of_no_class_is_refused(offices: Offices, now: datetime) -> None:
    with pytest.raises(ClassDiffers):
        register_component(offices.supervisor, line=ComponentLine("C0101", *INSIDE, code="3205080101000001"), now=now)
    with pytest.raises(Invalid):
        register_component(offices.supervisor, line=ComponentLine("C0999", *INSIDE), now=now)
    with pytest.raises(OutsideCity):
        register_component(offices.supervisor, line=ComponentLine("C0101", 10.0, 10.0), now=now)
    with pytest.raises(NotPermitted):
        register_component(plain_actor(), line=COVER, now=now)
    assert Component.objects.count() == 0


def geojson() -> bytes:
    places = [list(INSIDE), [INSIDE[0] + 0.0002, INSIDE[1]], [10, 10], "x"]
    features = [
        {"type": "Feature", "properties": {"类别编码": "C0101"}, "geometry": {"type": "Point", "coordinates": place}}
        for place in places
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def bring(
    actor: Actor, offices: Offices, now: datetime, *, body: bytes, name: str = "survey.geojson"
) -> tuple[int, ...]:
    done = import_components(actor, body=body, file_name=name, organisation_id=offices.centre.id, now=now)
    return done.made, done.changed, done.faults


def test_file_is_taken_in_once_and_what_fails_waits_with_its_reason(offices: Offices, now: datetime) -> None:
    assert bring(offices.leader, offices, now, body=geojson()) == (2, 0, 2)
    assert bring(offices.leader, offices, now, body=geojson()) == (0, 2, 2)
    assert [(row.line, bool(row.reason)) for row in ComponentFault.objects.order_by("line")] == [(3, True), (4, True)]
    assert read.faults(offices.supervisor) == []


def workbook(rows: list[list[object]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def test_workbook_is_read_by_its_headings(offices: Offices, now: datetime) -> None:
    body = workbook([["部件类别", "经度", "纬度", "养护单位"], ["C0101", *INSIDE, "供水公司"], ["", "", "", ""]])
    assert bring(offices.leader, offices, now, body=body, name="survey.xlsx") == (1, 0, 0)
    assert Component.objects.get().keeper == "供水公司"


@pytest.mark.parametrize(
    ("body", "name"), [(b"{", "a.json"), (b"[]", "a.geojson"), (b"no", "a.xlsx"), (workbook([]), "a.xlsx")]
)
def test_file_of_another_form_is_refused(body: bytes, name: str) -> None:
    with pytest.raises(FileUnreadable):
        list(rows_of(body, name=name))


def test_line_is_mended_or_dropped(offices: Offices, now: datetime) -> None:
    bring(offices.leader, offices, now, body=geojson())
    third, fourth = ComponentFault.objects.order_by("line")
    with pytest.raises(OutsideCity):
        mend_fault(offices.leader, fault_id=third.id, values={"note": "x"}, now=now)
    place = {"longitude": str(INSIDE[0] + 0.0004), "latitude": str(INSIDE[1])}
    assert mend_fault(offices.leader, fault_id=third.id, values=place, now=now).code.endswith("000003")
    drop_fault(offices.leader, fault_id=fourth.id)
    assert ComponentFault.objects.count() == 0
    with pytest.raises(NotFound):
        drop_fault(offices.leader, fault_id=fourth.id)


def test_who_does_not_configure_imports_mends_and_drops_nothing(offices: Offices, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        bring(offices.supervisor, offices, now, body=geojson())
    with pytest.raises(NotPermitted):
        mend_fault(offices.supervisor, fault_id=1, values={}, now=now)
    with pytest.raises(NotPermitted):
        drop_fault(offices.supervisor, fault_id=1)


def test_case_is_linked_to_its_component(offices: Offices, now: datetime) -> None:
    row, _ = register_component(offices.supervisor, line=COVER, now=now)
    number = make_city_case(offices, now=now, class_code="C0101-1")
    link_component(offices.acceptor, number=number, code=row.code, now=now)
    assert read.component_of(case_id(offices.acceptor, number)) == row
    assert read.cases_of(row) == [number]
    with pytest.raises(NotFound):
        link_component(offices.acceptor, number=number, code="1" * 16, now=now)
    with pytest.raises(NotPermitted):
        link_component(plain_actor(), number=number, code=row.code, now=now)


def test_components_are_seen_within_one_s_scope(offices: Offices, now: datetime) -> None:
    row, _ = register_component(offices.supervisor, line=COVER, now=now)
    assert read.components(offices.supervisor, search="上水").rows == [row]
    assert read.components(offices.supervisor, state="lost").rows == []
    assert read.component_by_id(offices.leader, row.id) == row
    for stranger in (offices.handler, plain_actor()):
        assert read.components(stranger).rows == []
        with pytest.raises(NotFound):
            read.component(stranger, row.code)
        with pytest.raises(NotFound):
            read.component_by_id(stranger, row.id)


def test_list_of_components_goes_on_behind_its_last_row(offices: Offices, now: datetime) -> None:
    for n in range(3):
        place = ComponentLine("C0101", INSIDE[0] + n * 0.0001, INSIDE[1])
        register_component(offices.supervisor, line=place, now=now)
    first = read.components(offices.leader, size=2)
    rest = read.components(offices.leader, size=2, after=first.next)
    assert len({row.code for row in (*first.rows, *rest.rows)}) == 3
    assert rest.next is None


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def test_pages_register_import_mend_and_link(offices: Offices) -> None:
    supervisor, leader = client_of(offices.supervisor), client_of(offices.leader)
    given_form = {
        "class_code": "C0101",
        "state": "完好",
        "longitude": INSIDE[0],
        "latitude": INSIDE[1],
        "address": "路口",
    }
    made = supervisor.post("/urban/components/survey", given_form)
    code = f"{DISTRICT}0101000001"
    assert made.headers["Location"] == f"/urban/components/{code}"
    assert "上水井盖" in supervisor.get(f"/urban/components/{code}").content.decode()
    assert code in supervisor.get(f"/urban/components/survey?code={code}").content.decode()
    refused = supervisor.post("/urban/components/survey", {**given_form, "class_code": "C0999"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    file = SimpleUploadedFile("survey.geojson", geojson())
    leader.post("/urban/components/import", {"organisation_id": offices.centre.id, "file": file})
    row = ComponentFault.objects.order_by("line").first()
    assert row is not None
    assert "survey.geojson" in leader.get("/urban/components/import").content.decode()
    stays = leader.post(
        f"/urban/components/faults/{row.id}", {"class_code": "C0101", "longitude": "1", "latitude": "1"}
    )
    assert stays.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    leader.post(f"/urban/components/faults/{row.id}/drop")
    assert ComponentFault.objects.count() == 1
    bad = SimpleUploadedFile("x.json", b"{")
    answer = leader.post("/urban/components/import", {"organisation_id": offices.centre.id, "file": bad})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    now = Component.objects.get(code=code).created_at
    number = make_city_case(offices, now=now, class_code="C0101-1")
    acceptor = client_of(offices.acceptor)
    acceptor.post(f"/urban/cases/{number}/component", {"code": code})
    assert code in acceptor.get(f"/urban/cases/{number}/panel").content.decode()
    acceptor.post(f"/urban/cases/{number}/component", {"code": "9" * 16})
    assert acceptor.get("/urban/components", {"q": "C0101"}).status_code == HTTPStatus.OK
    found = Component.objects.get(code=code)
    assert acceptor.get(f"/urban/components/id/{found.id}").headers["Location"].endswith(code)
    assert shown(number, now=now).row.class_code == "C0101-1"
