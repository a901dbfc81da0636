"""Alarm rules: declared ones entered, copies edited, published, withdrawn. What was published never changes."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot import declare
from onecity.platform.iot.declare import Limits, Period, RuleKind, Severity
from onecity.platform.iot.models import AlarmRule
from onecity.platform.iot.registries import declared_rules, device_types
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.platform.iot.rules.texts import stray_places
from onecity.platform.iot.rules.thresholds import fault

_ENDED: Final = """
    UPDATE iot_alarm SET cleared_at = %s WHERE rule_code = %s AND cleared_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says, apart from its code and version."""

    name: str
    device_type: str
    property_code: str
    kind: RuleKind
    limits: Limits
    text: str
    period: Period = Period.REAL_TIME
    sub_value: str = ""
    severity: Severity = Severity.MINOR
    source: str = ""


class NotADraft(Conflict):
    """Only drafts may be edited or published."""

    code = "iot.rule_not_a_draft"
    message = zh("只有草稿可以修改或发布")


class DraftExists(Conflict):
    """The rule has a draft already; two would overwrite each other."""

    code = "iot.rule_draft_exists"
    message = zh("该规则已有草稿，请先发布或删除")


class RuleExists(Conflict):
    """The code is taken."""

    code = "iot.rule_exists"
    message = zh("规则编码已存在")


def enter_declared_rules(*, now: datetime) -> int:
    """Enter declared rules that the database does not know in any version; returns how many."""
    known = set(AlarmRule.objects.values_list("code", flat=True).distinct())
    entered = [rule for rule in declared_rules() if rule.code not in known]
    for rule in entered:
        _make(system_actor("iot"), code=rule.code, version=1, text=_of_declared(rule), state="published", now=now)
    return len(entered)


def draft_rule(actor: Actor, *, code: str, text: RuleText, now: datetime) -> int:
    """Write the first draft of a new rule and return its id.

    Raises: RuleExists; Invalid naming the field.
    """
    _check(text)
    with transaction.atomic():
        _lock(code)
        if AlarmRule.objects.filter(code=code).exists():
            raise RuleExists(fields={"code": RuleExists.message})
        return _make(actor, code=code, version=1, text=text, state=AlarmRule.State.DRAFT, now=now)


def copy_rule(actor: Actor, *, rule_id: int, now: datetime) -> int:
    """Begin the next version of a rule as a draft that says the same, and return its id.

    Raises: NotFound; DraftExists.
    """
    with transaction.atomic():
        original = _rule(rule_id)
        _lock(original.code)
        versions = AlarmRule.objects.filter(code=original.code)
        if versions.filter(state=AlarmRule.State.DRAFT).exists():
            raise DraftExists
        newest = versions.order_by("-version").values_list("version", flat=True)[0]
        return _make(
            actor, code=original.code, version=newest + 1, text=text_of(original), state=AlarmRule.State.DRAFT, now=now
        )


def edit_draft(actor: Actor, *, rule_id: int, text: RuleText) -> None:
    """Change what a draft says.

    Raises: NotFound; NotADraft; Invalid naming the field.
    """
    _check(text)
    with transaction.atomic():
        rule = _draft(rule_id)
        for name, value in _columns(text).items():
            setattr(rule, name, value)
        rule.author = actor.key
        rule.save()
        identity.record(actor, action="iot.edit_rule", target=f"iot.alarmrule:{rule_id}")


def discard_draft(actor: Actor, *, rule_id: int) -> None:
    """Throw a draft away.

    Raises: NotFound; NotADraft.
    """
    with transaction.atomic():
        rule = _draft(rule_id)
        identity.record(
            actor, action="iot.discard_rule", target=f"iot.alarmrule:{rule_id}", details={"code": rule.code}
        )
        rule.delete()


def publish_rule(actor: Actor, *, rule_id: int, now: datetime) -> None:
    """Put a draft into force in place of the version before; standings and alarms go on under the new version.

    Raises: NotFound; NotADraft.
    """
    with transaction.atomic():
        rule = _draft(rule_id)
        published = AlarmRule.objects.filter(code=rule.code, state=AlarmRule.State.PUBLISHED)
        published.update(state=AlarmRule.State.SUPERSEDED)
        rule.state, rule.published_at = AlarmRule.State.PUBLISHED, now
        rule.save(update_fields=["state", "published_at"])
        details = {"code": rule.code, "version": rule.version}
        identity.record(actor, action="iot.publish_rule", target=f"iot.alarmrule:{rule_id}", details=details)


def withdraw_rule(actor: Actor, *, rule_id: int, now: datetime) -> None:
    """Take a published rule out of force and end its standing alarms.

    Raises: NotFound if there is no such published rule.
    """
    with transaction.atomic():
        rule = AlarmRule.objects.select_for_update().filter(id=rule_id, state=AlarmRule.State.PUBLISHED).first()
        if rule is None:
            raise NotFound
        rule.state = AlarmRule.State.WITHDRAWN
        rule.save(update_fields=["state"])
        with connection.cursor() as cursor:
            cursor.execute(_ENDED, [now, rule.code])
            cursor.execute("DELETE FROM iot_rulestate WHERE rule_code = %s", [rule.code])
        identity.record(
            actor, action="iot.withdraw_rule", target=f"iot.alarmrule:{rule_id}", details={"code": rule.code}
        )


def text_of(rule: AlarmRule) -> RuleText:
    """Return what a version says."""
    limits = Limits(**{name: getattr(rule, name) for name in Limits.__dataclass_fields__})
    return RuleText(
        name=rule.name,
        device_type=rule.device_type,
        property_code=rule.property_code,
        kind=rule.kind,  # type: ignore[arg-type]  # the column holds these words only
        limits=limits,
        text=rule.text,
        period=Period(rule.period),
        sub_value=rule.sub_value,
        severity=Severity(rule.severity),
        source=rule.source,
    )


def _of_declared(rule: declare.AlarmRule) -> RuleText:
    return RuleText(
        name=rule.name,
        device_type=rule.device_type,
        property_code=rule.property_code,
        kind=rule.kind,
        limits=rule.limits,
        text=rule.text,
        period=rule.period,
        sub_value=rule.sub_value,
        severity=rule.severity,
        source=rule.source,
    )


def _check(text: RuleText) -> None:
    fields: dict[str, str] = {}
    if text.device_type not in device_types():
        fields["device_type"] = zh("没有这个设备类型")
    if not text.property_code:
        fields["property_code"] = zh("请填写监测项")
    if text.sub_value not in SUB_VALUES:
        fields["sub_value"] = zh("没有这种取值")
    wrong = fault(text.kind, text.limits)
    if wrong:
        fields[wrong] = zh("限值缺失、多余或相互矛盾")
    if stray_places(text.text) != []:
        fields["text"] = zh("告警内容中的占位符无法识别")
    if fields:
        raise Invalid(fields=fields)


def _make(actor: Actor, *, code: str, version: int, text: RuleText, state: str, now: datetime) -> int:
    rule = AlarmRule.objects.create(
        code=code,
        version=version,
        state=state,
        author=actor.key,
        created_at=now,
        published_at=now if state == AlarmRule.State.PUBLISHED else None,
        **_columns(text),
    )
    identity.record(actor, action="iot.draft_rule", target=f"iot.alarmrule:{rule.id}", details={"code": code})
    return rule.id


def _columns(text: RuleText) -> dict[str, object]:
    plain = {name: getattr(text, name) for name in RuleText.__dataclass_fields__ if name != "limits"}
    return {**plain, **asdict(text.limits)}


def _rule(rule_id: int) -> AlarmRule:
    rule = AlarmRule.objects.filter(id=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def _draft(rule_id: int) -> AlarmRule:
    rule = AlarmRule.objects.select_for_update().filter(id=rule_id).first()
    if rule is None:
        raise NotFound
    if rule.state != AlarmRule.State.DRAFT:
        raise NotADraft
    return rule


def _lock(code: str) -> None:
    """Let one editor of a rule's versions in at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"iot.rule:{code}"])
