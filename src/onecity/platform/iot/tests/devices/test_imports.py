"""Lists in the background: each line once, whatever dies; lines with faults are kept with their reasons."""

import io

import pytest

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot import permissions
from onecity.platform.iot.models import Device, DeviceHistory, DeviceImport, RefusedLine
from onecity.platform.iot.rules import tables
from onecity.platform.iot.selectors.devices import state_counts
from onecity.platform.iot.services.imports import ask_import, cancel_import, run_import
from onecity.platform.iot.services.imports.job import import_devices
from onecity.platform.iot.tests.factories import NOW, make_device
from onecity.platform.jobs.api import Cancelled

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
HEADER = "设备标识,设备名称,设备类型,接入协议,机构编码,所在网格,经度,纬度,所属网关,标签"


@pytest.fixture(autouse=True)
def _storage(settings: object, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]  # pytest-django's settings
    monkeypatch.setattr(tables, "PIECE", 4)


@pytest.fixture
def body() -> Organisation:
    return make_organisation()


def listed(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def good(number: int, body: Organisation, *, more: str = "220102003,125.3,43.9,,试点 二期") -> str:
    return f"K{number},测试表{number},gauge.meter,mqtt,{body.code},{more}"


def asked(content: bytes, name: str = "表.csv") -> int:
    return ask_import(SYSTEM, file=io.BytesIO(content), name=name, size=len(content), now=NOW)


def run(number: int, *, stop_after: int = 10**9) -> dict[str, object]:
    def step(done: int, total: int) -> None:
        if done >= stop_after:
            raise Cancelled

    return dict(run_import(SYSTEM, import_id=number, step=step, clock=lambda: NOW, real_clock=lambda: NOW))


def test_list_is_registered_with_history_and_counts(body: Organisation) -> None:
    number = asked(listed(*(good(place, body) for place in range(10))))
    assert run(number) == {"made": 10, "known": 0, "refused": 0, "state": "done"}
    row = Device.objects.get(key="K3")
    assert (row.name, row.division_code, row.tags) == ("测试表3", "220102003", ["试点", "二期"])
    assert row.location is not None
    assert row.location.coords == (125.3, 43.9)
    assert "测试" in row.words
    assert DeviceHistory.objects.filter(kind="registered").count() == 10
    assert state_counts(SYSTEM)["registered"] == 10


def test_import_that_died_goes_on_and_doubles_nothing(body: Organisation) -> None:
    number = asked(listed(*(good(place, body) for place in range(10))))
    with pytest.raises(Cancelled):
        run(number, stop_after=5)
    DeviceImport.objects.update(state="running", ended_at=None)
    assert Device.objects.count() == 4
    assert run(number) == {"made": 10, "known": 0, "refused": 0, "state": "done"}
    assert run(number)["made"] == 10
    assert DeviceHistory.objects.filter(kind="registered").count() == 10


def test_cancelled_import_keeps_what_is_registered(body: Organisation) -> None:
    number = asked(listed(*(good(place, body) for place in range(10))))
    with pytest.raises(Cancelled):
        run(number, stop_after=5)
    row = DeviceImport.objects.get()
    assert (row.state, row.made, row.read) == ("cancelled", 4, 5)


def test_known_devices_stay_as_they_are(body: Organisation) -> None:
    make_device("K1", type_code="gauge.meter")
    content = listed(good(1, body), good(2, body))
    assert run(asked(content)) == {"made": 1, "known": 1, "refused": 0, "state": "done"}
    assert run(asked(content)) == {"made": 0, "known": 2, "refused": 0, "state": "done"}
    assert Device.objects.get(key="K1").name != "测试表1"


def test_lines_with_faults_are_kept_and_the_others_registered(body: Organisation) -> None:
    number = asked(
        listed(
            good(1, body),
            f"bad key,表,gauge.meter,mqtt,{body.code},,,,,",
            f"K3,表,gauge.none,pigeon,{body.code},,x,43,,",
            "K4,表,gauge.meter,mqtt,none,,,,,",
            good(5, body),
        )
    )
    assert run(number) == {"made": 2, "known": 0, "refused": 3, "state": "done"}
    found = {row.number: (row.values["key"], set(row.reasons)) for row in RefusedLine.objects.all()}
    assert found == {
        3: ("bad key", {"key"}),
        4: ("K3", {"line0", "line1", "type_code"}),
        5: ("K4", {"organisation_id"}),
    }


def test_children_come_with_their_gateway(body: Organisation) -> None:
    child = good(2, body, more=",,,K1,")
    assert run(asked(listed(child, good(1, body))))["made"] == 2
    assert Device.objects.get(key="K2").parent_id == Device.objects.get(key="K1").id


def test_file_that_is_no_list_fails_with_its_reason() -> None:
    number = asked(b"a,b\n1,2\n")
    assert run(number)["state"] == "failed"
    assert "缺少列" in DeviceImport.objects.get().message


def test_other_files_are_not_taken() -> None:
    with pytest.raises(Invalid):
        asked(b"x", name="list.pdf")


def test_job_has_the_rights_of_who_asked(body: Organisation) -> None:
    other = make_organisation()
    actor = make_actor(permissions.MANAGE_DEVICES, organisation=body)
    content = listed(good(1, body, more=",,,,"), good(2, other, more=",,,,"))
    number = ask_import(actor, file=io.BytesIO(content), name="a.csv", size=len(content), now=NOW)

    class Watching:
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            """Do nothing."""

    assert import_devices(Watching(), {"import": number})["made"] == 1
    assert RefusedLine.objects.get().number == 3


def test_waiting_import_is_cancelled_by_who_asked(body: Organisation) -> None:
    number = asked(listed(good(1, body)))
    with pytest.raises(NotFound):
        cancel_import(make_actor(), import_id=number, now=NOW)
    cancel_import(SYSTEM, import_id=number, now=NOW)
    assert DeviceImport.objects.get().state == "cancelled"
    assert run(number)["made"] == 0
