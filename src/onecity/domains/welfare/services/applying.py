"""Writing an application: its members and what they declare, while it is a draft."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from onecity.domains.welfare.contracts import NewApplication, NewAsset, NewExpense, NewIncome, NewMember
from onecity.domains.welfare.models import Application, DeclaredAsset, DeclaredExpense, DeclaredIncome, Member
from onecity.domains.welfare.rules.codes import INCOME_TOPICS, Relation
from onecity.domains.welfare.selectors.applications import may_write
from onecity.domains.welfare.services.household_rows import application_row, member_row
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.identifiers.citizen_id import CitizenId, InvalidCitizenId, parse_citizen_id
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record, seal_personal, search_hashes

MOST_MEMBERS = 20
MARK = "welfare.asset.mark"


class NotDraft(Conflict):
    """The application has been submitted; what was signed is no longer changed."""

    code = "welfare.not_draft"
    message = zh("申请已提交，不能再修改申报内容")


class ListedTwice(Conflict):
    """The person is a member already, or belongs to another application under way."""

    code = "welfare.listed_twice"
    message = zh("该人员已在本申请或其他在办申请中")


def begin_application(actor: Actor, *, new: NewApplication, now: datetime) -> Application:
    """Begin a draft. now: city time.

    Raises: NotPermitted; NotFound for an unknown street; Invalid naming the field; ListedTwice.
    """
    street = organisation(new.organisation_id)
    if not street.division_code:
        raise Invalid(fields={"organisation_id": zh("请选择有辖区的街道或乡镇")})
    tidied = replace(
        new,
        address=new.address.strip(),
        phone=new.phone.strip(),
        reason=new.reason.strip(),
        living_area=_amount(new.living_area, "living_area"),
    )
    with transaction.atomic():
        row = application_row(tidied, division_code=street.division_code, now=now)
        row.account_id = actor.id if actor.kind == "account" and actor.organisation_id is None else None
        row.save(force_insert=True)
        if not may_write(actor, row):
            raise NotPermitted
        record(actor, action="welfare.begin_application", target=f"welfare.application:{row.id}")
        _add(row, new.applicant, relation=Relation.SELF)
    return row


def add_member(actor: Actor, *, application_id: int, new: NewMember) -> Member:
    """Add a member to a draft. Raises: NotFound; NotPermitted; NotDraft; Invalid naming the field; ListedTwice."""
    with transaction.atomic():
        row = locked_draft(actor, application_id)
        if new.relation is Relation.SELF:
            raise Invalid(fields={"relation": zh("申请人本人只能有一位")})
        member = _add(row, new, relation=new.relation)
        record(actor, action="welfare.add_member", target=f"welfare.application:{row.id}")
    return member


def remove_member(actor: Actor, *, member_id: int) -> None:
    """Take a member and its declarations out of a draft; the applicant stays.

    Raises: NotFound; NotPermitted; NotDraft; Conflict for the applicant, or where an authorisation was signed.
    """
    with transaction.atomic():
        member = _member(actor, member_id)
        if member.position == 1:
            raise Conflict(zh("申请人不能移除"))
        if member.authorisations.exists():
            raise Conflict(zh("该成员已签署授权，不能移除；请先撤回授权并重新申请"))
        member.delete()
        record(actor, action="welfare.remove_member", target=f"welfare.application:{member.application_id}")


def declare_income(actor: Actor, *, member_id: int, new: NewIncome) -> None:
    """Add declared income. Raises: NotFound; NotPermitted; NotDraft; Invalid naming the field."""
    if new.topic not in INCOME_TOPICS:
        raise Invalid(fields={"topic": zh("没有这个收入项目")})
    if new.to_month < new.from_month:
        raise Invalid(fields={"to_month": zh("截止月份不能早于起始月份")})
    with transaction.atomic():
        member = _member(actor, member_id)
        DeclaredIncome.objects.create(
            member=member,
            topic=new.topic,
            monthly=_amount(new.monthly, "monthly"),
            deductions=_amount(new.deductions, "deductions"),
            from_month=new.from_month.replace(day=1),
            to_month=new.to_month.replace(day=1),
        )
        record(actor, action="welfare.declare", target=f"welfare.application:{member.application_id}")


def declare_asset(actor: Actor, *, member_id: int, new: NewAsset) -> None:
    """Add declared property; things are told apart by their mark, which is sealed.

    Raises: NotFound; NotPermitted; NotDraft; Invalid naming the field.
    """
    mark = new.mark.strip().upper()
    if new.kind in {"vehicle", "house", "enterprise"} and not mark:
        raise Invalid(fields={"mark": zh("请填写号牌、不动产权证号或统一社会信用代码")})
    masked = mark if len(mark) <= 4 else f"{mark[:2]}***{mark[-2:]}"
    personal = seal_personal(mark, context=MARK, masked=masked)
    with transaction.atomic():
        member = _member(actor, member_id)
        DeclaredAsset.objects.create(
            member=member,
            kind=new.kind,
            mark_sealed=personal.sealed,
            mark_masked=personal.masked,
            value=_amount(new.value, "value"),
            area=_amount(new.area, "area"),
            living_tool=new.living_tool,
            operating=new.operating,
        )
        record(actor, action="welfare.declare", target=f"welfare.application:{member.application_id}")


def declare_expense(actor: Actor, *, member_id: int, new: NewExpense) -> None:
    """Add declared unavoidable expenditure. Raises: NotFound; NotPermitted; NotDraft; Invalid naming the field."""
    if new.topic not in DeclaredExpense.Topic.values:
        raise Invalid(fields={"topic": zh("没有这个支出项目")})
    with transaction.atomic():
        member = _member(actor, member_id)
        DeclaredExpense.objects.create(member=member, topic=new.topic, amount=_amount(new.amount, "amount"))
        record(actor, action="welfare.declare", target=f"welfare.application:{member.application_id}")


def withdraw_item(actor: Actor, *, kind: str, item_id: int) -> None:
    """Take a declared item out of a draft. kind: income, asset or expense.

    Raises: NotFound; NotPermitted; NotDraft.
    """
    with transaction.atomic():
        item = _item(kind, item_id)
        if item is None:
            raise NotFound(zh("没有这条申报"))
        member = _member(actor, item.member_id)
        item.delete()
        record(actor, action="welfare.withdraw_item", target=f"welfare.application:{member.application_id}")


def locked_draft(actor: Actor, application_id: int) -> Application:
    """Return a draft, locked, for its writer. Raises: NotFound; NotPermitted; NotDraft."""
    row = Application.objects.select_for_update().filter(id=application_id).first()
    if row is None:
        raise NotFound(zh("没有这个申请"))
    if not may_write(actor, row):
        raise NotPermitted
    if row.state != Application.State.DRAFT:
        raise NotDraft
    return row


def _item(kind: str, item_id: int) -> DeclaredIncome | DeclaredAsset | DeclaredExpense | None:
    if kind == "income":
        return DeclaredIncome.objects.filter(id=item_id).first()
    if kind == "asset":
        return DeclaredAsset.objects.filter(id=item_id).first()
    return DeclaredExpense.objects.filter(id=item_id).first() if kind == "expense" else None


def _member(actor: Actor, member_id: int) -> Member:
    member = Member.objects.filter(id=member_id).first()
    if member is None:
        raise NotFound(zh("没有这个成员"))
    locked_draft(actor, member.application_id)
    return member


def _add(row: Application, new: NewMember, *, relation: Relation) -> Member:
    person = _checked(new)
    hashes = search_hashes(person.number)
    listed = Member.objects.filter(identifier_hashed__in=hashes, supports=False)
    if not new.supports and listed.filter(application__state__in=["submitted"]).exists():
        raise ListedTwice
    count = row.members.count()
    if count >= MOST_MEMBERS:
        raise Invalid(zh("一户至多登记20人"))
    last = row.members.order_by("-position").values_list("position", flat=True).first() or 0
    tidied = replace(new, name=new.name.strip())
    member = member_row(row, tidied, person=person, position=last + 1, relation=relation)
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError:
        raise ListedTwice from None
    return member


def _checked(new: NewMember) -> CitizenId:
    if not new.name.strip() or len(new.name) > 40:
        raise Invalid(fields={"name": zh("请填写姓名")})
    if not 0 <= new.disability <= 4:
        raise Invalid(fields={"disability": zh("残疾等级为一至四级")})
    try:
        return parse_citizen_id(new.identifier)
    except InvalidCitizenId as fault:
        raise Invalid(fields={"identifier": fault.sentence()}) from None


def _amount(value: Decimal, name: str) -> Decimal:
    if not value.is_finite() or value < 0 or value >= Decimal("1e9"):
        raise Invalid(fields={name: zh("金额应为不小于零的数")})
    return value.quantize(Decimal("0.01"))
