"""The only functions that others may call."""

from onecity.domains.hotline.process import DEMAND_TYPE, PETITION_TYPE
from onecity.domains.hotline.roles import (
    AGENT,
    BODY_LEADER,
    CALLER_BACK,
    DISPATCHER,
    KNOWLEDGE_EDITOR,
    PETITION_CLERK,
    REVIEWER,
    SHIFT_LEADER,
    UNDERTAKER,
)
from onecity.domains.hotline.selectors.settings import department_of
from onecity.domains.hotline.services.configuring import (
    assign_duty,
    install_first_lists,
    load_limits,
    load_topics,
    set_centre,
)
from onecity.domains.hotline.services.desk import answer_directly, pass_on, refuse
from onecity.domains.hotline.services.knowledge import (
    NewVersion,
    load_articles,
    publish,
    submit,
    write_article,
)
from onecity.domains.hotline.services.taking import NoHotline, PetitionConcluded, take_demand

__all__ = [
    "AGENT",
    "BODY_LEADER",
    "CALLER_BACK",
    "DEMAND_TYPE",
    "DISPATCHER",
    "KNOWLEDGE_EDITOR",
    "PETITION_CLERK",
    "PETITION_TYPE",
    "REVIEWER",
    "SHIFT_LEADER",
    "UNDERTAKER",
    "NewVersion",
    "NoHotline",
    "PetitionConcluded",
    "answer_directly",
    "assign_duty",
    "department_of",
    "install_first_lists",
    "load_articles",
    "load_limits",
    "load_topics",
    "pass_on",
    "publish",
    "refuse",
    "set_centre",
    "submit",
    "take_demand",
    "write_article",
]
