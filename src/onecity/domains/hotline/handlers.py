"""What the hotline hears of: how its cases go on."""

from onecity.domains.hotline.services import records
from onecity.kernel import bus
from onecity.platform.cases import events as cases

bus.subscribe(cases.CASE_OPENED, code="hotline.note_case_opened", handler=records.note_case)
bus.subscribe(cases.CASE_CLOSED, code="hotline.note_case_closed", handler=records.note_case)
bus.subscribe(cases.CASE_MERGED, code="hotline.note_case_merged", handler=records.note_merged)
bus.subscribe(cases.TASK_OPENED, code="hotline.note_step_begun", handler=records.note_step_begun)
bus.subscribe(cases.TASK_COMPLETED, code="hotline.note_step_ended", handler=records.note_step_ended)
