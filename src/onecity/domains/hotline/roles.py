"""Roles of the hotline as they exist on the first day."""

from typing import Final

from onecity.domains.hotline.permissions import (
    ACCEPT,
    APPROVE,
    CALL_BACK,
    CASES_LOOK,
    CASES_MERGE,
    CASES_SUPERVISE,
    CASES_VIEW,
    CONFIGURE,
    DISPATCH,
    HANDLE,
    MAP_VIEW,
    MEASURE,
    PETITION,
    PUBLISH_KNOWLEDGE,
    REVIEW,
    TAKE,
    WRITE_KNOWLEDGE,
)
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Role

AGENT: Final = "hotline.agent"
DISPATCHER: Final = "hotline.dispatcher"
UNDERTAKER: Final = "hotline.undertaker"
BODY_LEADER: Final = "hotline.body_leader"
CALLER_BACK: Final = "hotline.caller_back"
SHIFT_LEADER: Final = "hotline.shift_leader"
PETITION_CLERK: Final = "hotline.petition_clerk"
REVIEWER: Final = "hotline.reviewer"
KNOWLEDGE_EDITOR: Final = "hotline.knowledge_editor"

ROLES: Final = (
    Role(
        AGENT,
        zh("话务员"),
        zh("接听来电，登记诉求，按知识库直接解答或受理转派"),
        (CASES_VIEW, MAP_VIEW, TAKE, ACCEPT, CASES_MERGE),
    ),
    Role(
        DISPATCHER,
        zh("热线派单员"),
        zh("把诉求工单派给承办单位"),
        (CASES_VIEW, MAP_VIEW, ACCEPT, DISPATCH, CASES_MERGE),
    ),
    Role(
        UNDERTAKER,
        zh("诉求承办人员"),
        zh("承办单位签收、办理、答复诉求，可退单或申请延期"),
        (CASES_VIEW, MAP_VIEW, HANDLE),
    ),
    Role(
        BODY_LEADER,
        zh("承办单位负责人"),
        zh("审批本单位信访事项的延期，查看本单位诉求统计"),
        (CASES_VIEW, MAP_VIEW, HANDLE, APPROVE, MEASURE),
    ),
    Role(CALLER_BACK, zh("回访员"), zh("回访诉求人，登记是否解决和满意度"), (CASES_VIEW, CALL_BACK, CASES_LOOK)),
    Role(
        SHIFT_LEADER,
        zh("热线值班长"),
        zh("审批延期、办结归档、督办改派，查看统计，维护诉求分类与承办责任，审核知识"),
        (
            CASES_VIEW,
            MAP_VIEW,
            TAKE,
            ACCEPT,
            DISPATCH,
            CALL_BACK,
            APPROVE,
            MEASURE,
            CONFIGURE,
            WRITE_KNOWLEDGE,
            PUBLISH_KNOWLEDGE,
            CASES_MERGE,
            CASES_LOOK,
            CASES_SUPERVISE,
        ),
    ),
    Role(
        PETITION_CLERK,
        zh("信访工作人员"),
        zh("登记、转送信访事项，告知受理情况，受理复查、复核申请"),
        (CASES_VIEW, MAP_VIEW, PETITION, MEASURE, CASES_LOOK),
    ),
    Role(REVIEWER, zh("复查复核人员"), zh("上级机关对信访答复进行复查、复核"), (CASES_VIEW, PETITION, REVIEW)),
    Role(KNOWLEDGE_EDITOR, zh("知识编辑"), zh("部门编写和更新热线知识"), (WRITE_KNOWLEDGE,)),
)
