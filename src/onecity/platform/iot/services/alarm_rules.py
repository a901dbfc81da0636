"""Alarm rules: declared ones entered, copies edited, published, withdrawn. What was published never changes."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot import declare
from onecity.platform.iot.contracts import RuleText
from onecity.platform.iot.models import AlarmRule
from onecity.platform.iot.registries import declared_rules, device_types
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.platform.iot.rules.texts import stray_places
from onecity.platform.iot.rules.thresholds import fault
from onecity.platform.iot.selectors.alarm_rules import text_of
from onecity.platform.iot.services.alarms import end_alarms_of_rule

LONGEST_CODE: Final = 80
LONGEST_NAME: Final = 80
LONGEST_TEXT: Final = 200
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


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
    _check(text, code=code)
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
        end_alarms_of_rule(rule.code, now=now)
        identity.record(
            actor, action="iot.withdraw_rule", target=f"iot.alarmrule:{rule_id}", details={"code": rule.code}
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


def _check(text: RuleText, *, code: str = "") -> None:
    checks = (
        ("code", not code or (_CODE.fullmatch(code) and len(code) <= LONGEST_CODE), zh("规则编码应形如 city.high_pm")),
        ("name", 1 <= len(text.name.strip()) <= LONGEST_NAME, zh("规则名称应为1至80个字")),
        ("device_type", text.device_type in device_types(), zh("没有这个设备类型")),
        ("property_code", 1 <= len(text.property_code) <= LONGEST_CODE, zh("请填写监测项")),
        ("sub_value", text.sub_value in SUB_VALUES, zh("没有这种取值")),
        ("text", 1 <= len(text.text) <= LONGEST_TEXT, zh("告警内容应为1至200个字")),
        ("text", stray_places(text.text) == [], zh("告警内容中的占位符无法识别")),
    )
    fields = {name: sentence for name, holds, sentence in checks if not holds}
    wrong = fault(text.kind, text.limits)
    if wrong:
        fields[wrong] = zh("限值缺失、多余或相互矛盾")
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
    rule = AlarmRule.objects.filter(id=rule_id).exclude(kind=AlarmRule.Kind.LINKED).first()
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
