"""Nodes are entered with the certificate that they ask for, and shut out again."""

import re
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.models import ExchangeNode
from onecity.platform.exchange.permissions import MANAGE_NODES
from onecity.platform.exchange.services.flows.reach import check_scope
from onecity.platform.exchange.services.nodes.authority import issue_to_node
from onecity.platform.identity import api as identity

CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


class NodeExists(Conflict):
    """The code is taken."""

    code = "exchange.node_exists"
    message = zh("前置机编码已存在")


@transaction.atomic
def enter_node(
    actor: Actor, *, code: str, name: str, organisation_id: int, request: str, now: datetime
) -> ExchangeNode:
    """Enter a node and sign its certificate. request: PEM; now: real time.

    Raises: Invalid naming the field; OutsideScope; NodeExists; RequestRefused.
    """
    faults = {}
    if not CODE.fullmatch(code):
        faults["code"] = zh("编码为2至40位小写字母、数字和连字符")
    if not name.strip():
        faults["name"] = zh("请填写前置机名称")
    if faults:
        raise Invalid(fields=faults)
    check_scope(actor, MANAGE_NODES, organisation_id=organisation_id)
    issued = issue_to_node(request, code=code, now=now)
    try:
        with transaction.atomic():
            node = ExchangeNode.objects.create(
                code=code,
                name=name.strip()[:80],
                organisation_id=organisation_id,
                fingerprint=issued.fingerprint,
                certificate=issued.certificate,
                expires_at=issued.expires_at,
                created_by=actor.name[:60],
                created_at=now,
            )
    except IntegrityError:
        raise NodeExists(fields={"code": NodeExists.message}) from None
    identity.record(actor, action="exchange.enter_node", target=f"exchange.node:{code}")
    return node


@transaction.atomic
def renew_node(actor: Actor, *, code: str, request: str, now: datetime) -> ExchangeNode:
    """Give a node a new certificate in place of the old, which is good for nothing from now on.

    Raises: NotFound; RequestRefused.
    """
    node = _locked(actor, code)
    issued = issue_to_node(request, code=code, now=now)
    node.fingerprint, node.certificate, node.expires_at = issued.fingerprint, issued.certificate, issued.expires_at
    node.state, node.revoked_reason = ExchangeNode.State.ACTIVE, ""
    node.save()
    identity.record(actor, action="exchange.renew_node", target=f"exchange.node:{code}")
    return node


@transaction.atomic
def revoke_node(actor: Actor, *, code: str, reason: str) -> None:
    """Shut a node out at once. Raises: NotFound; Invalid without a reason."""
    if not reason.strip():
        raise Invalid(fields={"reason": zh("请填写吊销原因")})
    node = _locked(actor, code)
    node.state, node.revoked_reason = ExchangeNode.State.REVOKED, reason.strip()[:200]
    node.save()
    identity.record(actor, action="exchange.revoke_node", target=f"exchange.node:{code}", details={"reason": reason})


def _locked(actor: Actor, code: str) -> ExchangeNode:
    rows = ExchangeNode.objects.filter(
        identity.row_scope(actor, MANAGE_NODES).q(division="organisation__division_code")
    )
    node = rows.select_for_update(of=("self",)).filter(code=code).first()
    if node is None:
        raise NotFound
    return node
