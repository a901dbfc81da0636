"""The only functions that others may call."""

from onecity.domains.emergency.roles import COMMANDER, DUTY_LEADER, DUTY_OFFICER, PLAN_EDITOR, RESCUER
from onecity.domains.emergency.selectors.responses import open_task_ids
from onecity.domains.emergency.services.configuring import install_first_lists, set_duty_room, set_rule
from onecity.domains.emergency.services.duty import plan_shift, take_over
from onecity.domains.emergency.services.grading import decide_grade, propose_grade
from onecity.domains.emergency.services.incidents import close, merge, note, take_incident, verify
from onecity.domains.emergency.services.plans import publish_plan, write_plan
from onecity.domains.emergency.services.reporting import note_call, write_report
from onecity.domains.emergency.services.responses import change_level, end_response, start_response
from onecity.domains.emergency.services.tasks import finish_task

__all__ = [
    "COMMANDER",
    "DUTY_LEADER",
    "DUTY_OFFICER",
    "PLAN_EDITOR",
    "RESCUER",
    "change_level",
    "close",
    "decide_grade",
    "end_response",
    "finish_task",
    "install_first_lists",
    "merge",
    "note",
    "note_call",
    "open_task_ids",
    "plan_shift",
    "propose_grade",
    "publish_plan",
    "set_duty_room",
    "set_rule",
    "start_response",
    "take_incident",
    "take_over",
    "verify",
    "write_plan",
    "write_report",
]
