"""What public opinion hears of: how its cases end."""

from onecity.domains.opinion.services import findings
from onecity.kernel import bus
from onecity.platform.cases import events as cases

bus.subscribe(cases.CASE_CLOSED, code="opinion.note_case_closed", handler=findings.note_case)
