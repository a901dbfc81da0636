"""Writing rules: made, renamed, drafted, copied, thrown away. What was published never changes."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.linkage import LinkageText
from onecity.platform.iot.models import LinkageEdition, LinkageRule
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.selectors.linkage.reading import edition_text
from onecity.platform.iot.services.linkage.checking import check_place, check_text

STATE = LinkageEdition.State
LONGEST_NAME: Final = 80


class LinkageExists(Conflict):
    """The organisation has a rule of this name."""

    code = "iot.linkage_exists"
    message = zh("该机构已有同名联动规则")


class NoDraft(Conflict):
    """The rule has no draft to be changed or published."""

    code = "iot.linkage_no_draft"
    message = zh("该规则没有草稿")


class HasDraft(Conflict):
    """The rule has a draft already; two would overwrite each other."""

    code = "iot.linkage_has_draft"
    message = zh("该规则已有草稿，请先发布或删除")


def make_rule(
    actor: Actor, *, name: str, organisation_id: int, text: LinkageText, now: datetime, priority: int = 5
) -> int:
    """Make a rule with its first draft and return its id. now: city time.

    Raises: Invalid; OutsideScope; LinkageExists.
    """
    _check_facts(name, priority)
    check_place(actor, organisation_id)
    check_text(actor, organisation_id=organisation_id, text=text)
    place = identity.organisation(organisation_id).division_code
    try:
        with transaction.atomic():
            rule = LinkageRule.objects.create(
                name=name.strip(),
                organisation_id=organisation_id,
                division_code=place,
                priority=priority,
                author=actor.key[:60],
                created_at=now,
            )
            _write(actor, rule, number=1, text=text, now=now)
            identity.record(actor, action="iot.make_linkage", target=f"iot.linkagerule:{rule.id}")
    except IntegrityError:
        raise LinkageExists(fields={"name": LinkageExists.message}) from None
    return rule.id


def change_rule(actor: Actor, *, rule_id: int, name: str, priority: int) -> None:
    """Change a rule's name and priority.

    Raises: NotFound; Invalid; LinkageExists.
    """
    _check_facts(name, priority)
    try:
        with transaction.atomic():
            rule = locked_rule(actor, rule_id)
            rule.name, rule.priority = name.strip(), priority
            rule.save(update_fields=["name", "priority"])
            details = {"name": rule.name, "priority": priority}
            identity.record(actor, action="iot.change_linkage", target=f"iot.linkagerule:{rule_id}", details=details)
    except IntegrityError:
        raise LinkageExists(fields={"name": LinkageExists.message}) from None


def begin_draft(actor: Actor, *, rule_id: int, now: datetime, edition: int = 0) -> int:
    """Begin the next edition as a draft that says what one before says (0: the newest); returns its number.

    Raises: NotFound; HasDraft.
    """
    with transaction.atomic():
        rule = locked_rule(actor, rule_id)
        rows = LinkageEdition.objects.filter(rule=rule).order_by("-edition")
        if rows.filter(state=STATE.DRAFT).exists():
            raise HasDraft
        before = rows.filter(edition=edition).first() if edition else rows.first()
        newest = rows.first()
        if before is None or newest is None:
            raise NotFound
        made = _write(actor, rule, number=newest.edition + 1, text=edition_text(before), now=now)
        identity.record(actor, action="iot.draft_linkage", target=f"iot.linkagerule:{rule_id}")
    return made.edition


def edit_draft(actor: Actor, *, rule_id: int, text: LinkageText) -> None:
    """Change what a rule's draft says.

    Raises: NotFound; NoDraft; Invalid naming what is wrong.
    """
    with transaction.atomic():
        rule = locked_rule(actor, rule_id)
        check_text(actor, organisation_id=rule.organisation_id, text=text)
        row = draft_of(rule)
        _fill(row, text)
        row.author = actor.key[:60]
        row.save()
        identity.record(actor, action="iot.edit_linkage", target=f"iot.linkageedition:{row.id}")


def discard_draft(actor: Actor, *, rule_id: int) -> bool:
    """Throw a rule's draft away, and a rule that was never published with it; says whether the rule is still there.

    Raises: NotFound; NoDraft.
    """
    with transaction.atomic():
        rule = locked_rule(actor, rule_id)
        draft_of(rule).delete()
        kept = LinkageEdition.objects.filter(rule=rule).exists()
        identity.record(actor, action="iot.discard_linkage", target=f"iot.linkagerule:{rule_id}")
        if not kept:
            rule.delete()
    return kept


def copy_rule(actor: Actor, *, rule_id: int, name: str, now: datetime) -> int:
    """Make a new rule whose draft says what a rule's newest edition says, and return its id.

    Raises: NotFound; Invalid; LinkageExists.
    """
    rule = LinkageRule.objects.filter(identity.row_scope(actor, MANAGE_LINKAGE).q(), id=rule_id).first()
    newest = LinkageEdition.objects.filter(rule_id=rule_id).order_by("-edition").first()
    if rule is None or newest is None:
        raise NotFound
    return make_rule(
        actor,
        name=name,
        organisation_id=rule.organisation_id,
        text=edition_text(newest),
        priority=rule.priority,
        now=now,
    )


def locked_rule(actor: Actor, rule_id: int) -> LinkageRule:
    """Return a rule that the actor may manage, locked until the transaction ends.

    Raises: NotFound.
    """
    rows = LinkageRule.objects.select_for_update(of=("self",))
    rule = rows.filter(identity.row_scope(actor, MANAGE_LINKAGE).q(), id=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def draft_of(rule: LinkageRule) -> LinkageEdition:
    """Return a rule's draft.

    Raises: NoDraft.
    """
    row = LinkageEdition.objects.filter(rule=rule, state=STATE.DRAFT).first()
    if row is None:
        raise NoDraft
    return row


def _check_facts(name: str, priority: int) -> None:
    checks = (
        ("name", 1 <= len(name.strip()) <= LONGEST_NAME, zh("规则名称应为1至80个字")),
        ("priority", 1 <= priority <= 9, zh("优先级应为1至9")),
    )
    faults = {field: text for field, holds, text in checks if not holds}
    if faults:
        raise Invalid(fields=faults)


def _write(actor: Actor, rule: LinkageRule, *, number: int, text: LinkageText, now: datetime) -> LinkageEdition:
    row = LinkageEdition(rule=rule, edition=number, author=actor.key[:60], created_at=now)
    _fill(row, text)
    row.save()
    return row


def _fill(row: LinkageEdition, text: LinkageText) -> None:
    for name in ("mode", "type_code", "condition", "ending", "hold_s", "end_hold_s", "step_s", "late_s", "note"):
        setattr(row, name, getattr(text, name))
    row.group_id = text.group_id or None
    row.device_ids = list(text.device_ids)
    row.parts = None if text.parts is None else dict(text.parts)
    row.actions = [action.plain() for action in text.actions]
