"""Drafts of types: begun, changed, thrown away. A draft may be wrong; what is published may not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.registry import CODE_PATTERN, domains
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import TypeEdition
from onecity.platform.iot.registries import declared_types
from onecity.platform.iot.rules.type_documents import from_common_shape, is_common_shape, written_type

STATE = TypeEdition.State
LONGEST_CODE: Final = 80
LARGEST: Final = 300_000


class TypeCodeTaken(Conflict):
    """There is a type of this code already."""

    code = "iot.type_code_taken"
    message = zh("该类型编码已被使用")


class NotADraftType(Conflict):
    """Only drafts can be changed; a published edition stays as it is for good."""

    code = "iot.not_a_draft_type"
    message = zh("已发布的物模型不能修改，请新建版次")


def draft_type(actor: Actor, *, code: str, content: Mapping[str, object], now: datetime) -> int:
    """Begin a type of staff's own with its first draft and return the draft's id. now: city time.

    content: in our own shape or in the common one (TSL).
    Raises: Invalid; TypeCodeTaken.
    """
    _check_code(code)
    with transaction.atomic():
        if code in declared_types() or TypeEdition.objects.filter(code=code).exists():
            raise TypeCodeTaken(fields={"code": TypeCodeTaken.message})
        made = _make(actor, code=code, edition=1, content=own_shape(content, name=code), now=now)
        identity.record(actor, action="iot.draft_type", target=f"iot.typeedition:{made.id}", details={"code": code})
    return made.id


def next_edition(actor: Actor, *, code: str, now: datetime) -> int:
    """Begin the next edition of a type as a copy of the one in force and return the draft's id.

    Raises: NotFound; Conflict if there is a draft already.
    """
    with transaction.atomic():
        rows = TypeEdition.objects.select_for_update().filter(code=code)
        newest = rows.order_by("-edition").first()
        if newest is None:
            raise NotFound
        if newest.state == STATE.DRAFT:
            raise Conflict(zh("该类型已有草稿"))
        made = _make(actor, code=code, edition=newest.edition + 1, content=newest.content, now=now)
        identity.record(actor, action="iot.draft_type", target=f"iot.typeedition:{made.id}", details={"code": code})
    return made.id


def edit_type(actor: Actor, *, edition_id: int, content: Mapping[str, object], note: str = "") -> None:
    """Change a draft.

    Raises: NotFound; NotADraftType; Invalid.
    """
    with transaction.atomic():
        row = draft_for_update(edition_id)
        row.content = own_shape(content, name=row.name)
        row.name, row.note = _name(row.content, row.code), note[:200]
        row.save(update_fields=["content", "name", "note"])
        identity.record(actor, action="iot.edit_type", target=f"iot.typeedition:{edition_id}")


def discard_type(actor: Actor, *, edition_id: int) -> None:
    """Throw a draft away.

    Raises: NotFound; NotADraftType.
    """
    with transaction.atomic():
        row = draft_for_update(edition_id)
        identity.record(actor, action="iot.discard_type", target=f"iot.typeedition:{edition_id}")
        row.delete()


def draft_for_update(edition_id: int) -> TypeEdition:
    """Return a draft, locked until the caller's transaction ends.

    Raises: NotFound; NotADraftType.
    """
    row = TypeEdition.objects.select_for_update().filter(id=edition_id).first()
    if row is None:
        raise NotFound
    if row.state != STATE.DRAFT:
        raise NotADraftType
    return row


def own_shape(content: Mapping[str, object], *, name: str) -> dict[str, object]:
    """Return a document in our own shape, whichever of the two it came in; a copy of a declared type is one too.

    Raises: Invalid if it is too large.
    """
    if len(str(content)) > LARGEST:
        raise Invalid(zh("物模型文件过大"))
    return dict(from_common_shape(content, name=name)) if is_common_shape(content) else dict(content)


def copied(code: str) -> dict[str, object]:
    """Return a declared type's document, to begin one of staff's own with.

    Raises: NotFound.
    """
    kind = declared_types().get(code)
    if kind is None:
        raise NotFound
    return written_type(kind)


def _make(actor: Actor, *, code: str, edition: int, content: Mapping[str, object], now: datetime) -> TypeEdition:
    try:
        return TypeEdition.objects.create(
            code=code,
            edition=edition,
            name=_name(content, code),
            content=dict(content),
            author=actor.key[:60],
            created_at=now,
        )
    except IntegrityError:
        raise TypeCodeTaken(fields={"code": TypeCodeTaken.message}) from None


def _name(content: Mapping[str, object], code: str) -> str:
    name = content.get("name")
    return (name.strip()[:80] if isinstance(name, str) else "") or code


def _check_code(code: str) -> None:
    fits = CODE_PATTERN.fullmatch(code) and "." in code and len(code) <= LONGEST_CODE
    if not fits:
        raise Invalid(fields={"code": zh("类型编码由小写字母、数字、下划线和点组成，形如 city.smart_meter")})
    if code.split(".", 1)[0] in {domain.code for domain in domains()}:
        raise Invalid(fields={"code": zh("该前缀由系统模块使用，请换一个")})
