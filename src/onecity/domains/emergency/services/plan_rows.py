"""The rows of a draft: checked as a whole, written as a whole."""

from onecity.domains.emergency.contracts import PlanDraft
from onecity.domains.emergency.models import (
    IncidentKind,
    Plan,
    PlanGroup,
    PlanLevel,
    PlanResource,
    PlanStep,
    PlanVersion,
)
from onecity.domains.emergency.rules.codes import RESPONSE_LEVELS
from onecity.domains.emergency.rules.plans import STEP_MINUTES
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations


def check_draft(draft: PlanDraft) -> None:
    """Let a draft pass that can be stored.

    Raises: Invalid naming each part at fault.
    """
    faults = {**_of_plan(draft), **_of_parts(draft)}
    if faults:
        raise Invalid(fields=faults)


def replace_rows(version: PlanVersion, draft: PlanDraft) -> None:
    """Write a draft's rows in place of those that stand, in the caller's transaction."""
    for table in (PlanStep, PlanGroup, PlanLevel, PlanResource):
        table.objects.filter(version=version).delete()
    PlanLevel.objects.bulk_create(
        PlanLevel(version=version, level=row.level, conditions=row.conditions, measures=row.measures)
        for row in draft.levels
    )
    groups = {
        row.code: PlanGroup.objects.create(
            version=version, code=row.code, name=row.name, organisation_id=row.organisation_id, duties=row.duties
        )
        for row in draft.groups
    }
    PlanStep.objects.bulk_create(
        PlanStep(
            version=version,
            serial=serial,
            group=groups[row.group_code],
            title=row.title,
            detail=row.detail,
            weakest_level=row.weakest_level,
            limit_minutes=row.limit_minutes,
        )
        for serial, row in enumerate(draft.steps, start=1)
    )
    PlanResource.objects.bulk_create(
        PlanResource(version=version, kind=row.kind, name=row.name, amount=row.amount, unit=row.unit)
        for row in draft.needs
    )


def _of_plan(draft: PlanDraft) -> dict[str, str]:
    faults = {}
    if not draft.name.strip() or len(draft.name) > 120:
        faults["name"] = zh("请填写预案名称（至多120字）")
    if not draft.code or len(draft.code) > 40:
        faults["code"] = zh("请填写预案编码（至多40个字符）")
    if draft.kind not in Plan.Kind.values:
        faults["kind"] = zh("请从列表中选择")
    if draft.kind_prefix and not IncidentKind.objects.filter(code__startswith=draft.kind_prefix).exists():
        faults["kind_prefix"] = zh("没有这样开头的事件类型")
    return faults


def _of_parts(draft: PlanDraft) -> dict[str, str]:
    faults = {}
    levels, codes = [row.level for row in draft.levels], [row.code for row in draft.groups]
    if len(set(levels)) != len(levels) or not set(levels) <= set(RESPONSE_LEVELS):
        faults["levels"] = zh("响应级别重复或不存在")
    elif any(not row.conditions.strip() for row in draft.levels):
        faults["levels"] = zh("请填写启动条件")
    known = {item.id for item in organisations()}
    if len(set(codes)) != len(codes) or any(row.organisation_id not in known or not row.name for row in draft.groups):
        faults["groups"] = zh("工作组编码重复，或缺少名称、牵头单位")
    for row in draft.steps:
        right = row.limit_minutes in STEP_MINUTES and row.weakest_level in RESPONSE_LEVELS and row.title.strip()
        if row.group_code not in codes or not right:
            faults["steps"] = zh("处置步骤须有工作组、名称、响应级别和可选的时限")
    names = [(row.kind, row.name) for row in draft.needs]
    if len(set(names)) != len(names) or any(row.amount < 1 or not row.name.strip() for row in draft.needs):
        faults["needs"] = zh("资源名称重复，或缺少名称、数量")
    return faults
