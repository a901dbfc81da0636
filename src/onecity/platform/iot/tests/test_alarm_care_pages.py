"""Pages of maintenance windows, escalation and figures, and an alarm's history, with Django's client."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from onecity.platform.identity.tests.factories import Organisation
from onecity.platform.iot.models import EscalationStep, Maintenance
from onecity.platform.iot.tests.factories import make_device
from onecity.platform.iot.tests.visiting import alarm_of, body

pytestmark = pytest.mark.django_db


def window_of(organisation: Organisation, key: str, today: datetime, **changes: str) -> dict[str, str]:
    begins = today.astimezone()
    return {
        "title": "换滤芯",
        "reason": "定期维护",
        "device_key": key,
        "group_id": "",
        "type_code": "",
        "organisation_id": str(organisation.id),
        "begins_at": begins.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (begins + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
        **changes,
    }


def test_window_is_planned_and_ended(staff: Client, organisation: Organisation, today: datetime) -> None:
    device = make_device(organisation=organisation)
    assert "没有登记过维护窗口" in body(staff, "/iot/maintenance")
    assert device.key in body(staff, f"/iot/maintenance/new?device={device.key}")
    staff.post("/iot/maintenance/new", window_of(organisation, device.key, today))
    row = Maintenance.objects.get()
    assert (row.device_id, row.title, row.organisation_id) == (device.id, "换滤芯", organisation.id)
    assert "提前结束" in body(staff, "/iot/maintenance?state=running")
    staff.post(f"/iot/maintenance/{row.id}/end")
    staff.post(f"/iot/maintenance/{row.id}/end")
    page = body(staff, "/iot/maintenance?state=over")
    assert "换滤芯" in page
    assert "该维护窗口已经结束" in page


def test_window_of_what_is_not_there_is_refused_beside_its_field(
    staff: Client, organisation: Organisation, today: datetime
) -> None:
    for key in ("nothing", make_device().key):
        answer = staff.post("/iot/maintenance/new", window_of(organisation, key, today))
        assert "没有找到该设备" in answer.content.decode()
    answer = staff.post("/iot/maintenance/new", window_of(organisation, "", today))
    assert "选择一项" in answer.content.decode()
    assert not Maintenance.objects.exists()


def test_escalation_is_set_on_its_page(staff: Client) -> None:
    assert 'name="critical-1" value="15"' in body(staff, "/iot/rules/escalation")
    answer = staff.post("/iot/rules/escalation", {"major-1": "30", "major-2": "20"})
    assert "逐级增大" in answer.content.decode()
    staff.post("/iot/rules/escalation", {"major-1": "30", "major-2": "60", "notice-1": "x"})
    rows = EscalationStep.objects.order_by("level").values_list("severity", "level", "after_min")
    assert list(rows) == [("major", 1, 30), ("major", 2, 60)]


def test_note_and_figures_are_shown(staff: Client, organisation: Organisation, today: datetime) -> None:
    assert "这段时间没有告警" in body(staff, "/iot/alarms/figures")
    alarm = alarm_of(make_device(organisation=organisation), at=today)
    staff.post(f"/iot/alarms/{alarm.id}/note", {"text": "已联系厂家"})
    staff.post(f"/iot/alarms/{alarm.id}/note", {"text": " "})
    page = body(staff, f"/iot/alarms/{alarm.id}")
    assert "已联系厂家" in page
    assert "请填写备注内容" in page
    page = body(staff, "/iot/alarms/figures?days=7")
    assert alarm.device.name in page
