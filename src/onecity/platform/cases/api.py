"""The only functions that others may call."""

from onecity.platform.cases.selectors.calendars import NoCalendar, calendar_of
from onecity.platform.cases.selectors.classes import class_name, classes_at
from onecity.platform.cases.selectors.details import case, case_id, history, neighbours
from onecity.platform.cases.selectors.lists import cases, count_cases
from onecity.platform.cases.selectors.waiting import TaskFilter, count_waiting, waiting_tasks
from onecity.platform.cases.services.answering import HOLDER, add_files, complete_with_files
from onecity.platform.cases.services.calendars import NewDay, load_calendar
from onecity.platform.cases.services.classifying import UnknownClass, classify_case
from onecity.platform.cases.services.completing import NeedsRequest, complete_task
from onecity.platform.cases.services.duties.rostering import put_on_duty, take_off_duty
from onecity.platform.cases.services.duties.standing_in import DeputationIsOver, stand_in, withdraw_deputation
from onecity.platform.cases.services.install import add_edition
from onecity.platform.cases.services.joint.inviting import NotAssisting, invite, uninvite
from onecity.platform.cases.services.joint.subcases import open_subcase
from onecity.platform.cases.services.locking import CaseChanged, CaseIsSuspended, ClaimedByOther, TaskIsOver
from onecity.platform.cases.services.merging import merge_cases
from onecity.platform.cases.services.opening import CaseRefused, open_case
from onecity.platform.cases.services.reporters import look_at_reporter
from onecity.platform.cases.services.requests.asking import NotPending, ask, withdraw
from onecity.platform.cases.services.requests.suspending import NotSuspended, resume
from onecity.platform.cases.services.supervision.appeals import appeal_card, decide_card
from onecity.platform.cases.services.tasks import add_note, attach, claim, reassign, release

__all__ = [
    "HOLDER",
    "CaseChanged",
    "CaseIsSuspended",
    "CaseRefused",
    "ClaimedByOther",
    "DeputationIsOver",
    "NeedsRequest",
    "NewDay",
    "NoCalendar",
    "NotAssisting",
    "NotPending",
    "NotSuspended",
    "TaskFilter",
    "TaskIsOver",
    "UnknownClass",
    "add_edition",
    "add_files",
    "add_note",
    "appeal_card",
    "ask",
    "attach",
    "calendar_of",
    "case",
    "case_id",
    "cases",
    "claim",
    "class_name",
    "classes_at",
    "classify_case",
    "complete_task",
    "complete_with_files",
    "count_cases",
    "count_waiting",
    "decide_card",
    "history",
    "invite",
    "load_calendar",
    "look_at_reporter",
    "merge_cases",
    "neighbours",
    "open_case",
    "open_subcase",
    "put_on_duty",
    "reassign",
    "release",
    "resume",
    "stand_in",
    "take_off_duty",
    "uninvite",
    "waiting_tasks",
    "withdraw",
    "withdraw_deputation",
]
