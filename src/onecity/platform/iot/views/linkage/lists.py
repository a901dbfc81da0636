"""Lists: the rules, and how often one fired."""

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from onecity.kernel.text import zh
from onecity.platform.iot.contracts.linkage import FiringInfo, LinkageInfo
from onecity.platform.iot.permissions import MANAGE_LINKAGE, VIEW_LINKAGE
from onecity.platform.iot.selectors.linkage.reading import (
    FiringQuery,
    LinkageQuery,
    firings,
    linkage_rule,
    linkage_rules,
)
from onecity.platform.iot.services.linkage.acting import said_values
from onecity.platform.iot.views.linkage.shown import OUTCOME, firing_badge, rule_badge
from onecity.platform.iot.views.shown import organisation_names, type_choices
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond


@requires(VIEW_LINKAGE)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the rules that the visitor may see."""
    names = organisation_names()
    listing = Listing[LinkageInfo](
        title=zh("联动规则"),
        columns=(
            Column(zh("规则名称"), lambda row: row.name, link=lambda row: reverse("iot:linkage_rule", args=[row.id])),
            Column(zh("状态"), rule_badge),
            Column(zh("未恢复"), lambda row: row.standing, look="number"),
            Column(zh("最近触发"), lambda row: row.last_fired_at, look="moment", wide_only=True),
            Column(zh("现行版次"), lambda row: row.published or None, look="number", wide_only=True),
            Column(zh("优先级"), lambda row: row.priority, look="number", wide_only=True),
            Column(zh("所属机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("已判定至"), lambda row: row.judged_until, look="moment", wide_only=True),
        ),
        filters=(
            Filter(
                "state", zh("全部状态"), choices=[("on", zh("已启用")), ("off", zh("已停用")), ("draft", zh("未发布"))]
            ),
            Filter("type", zh("全部设备类型"), choices=type_choices()),
        ),
        fetch=lambda query: linkage_rules(
            request.actor,
            LinkageQuery(
                search=query.search,
                state=query.filters.get("state", ""),
                type_code=query.filters.get("type", ""),
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("规则名称"),
        empty=zh("还没有联动规则"),
        actions=[Action(zh("新建联动规则"), reverse("iot:new_linkage"))] if request.actor.may(MANAGE_LINKAGE) else [],
    )
    return respond(request, listing)


@requires(VIEW_LINKAGE)
@require_GET
def history(request: CityRequest, rule_id: int) -> HttpResponseBase:
    """List how often a rule fired, and what became of its actions."""
    info = linkage_rule(request.actor, rule_id)
    listing = Listing[FiringInfo](
        title=zh("触发记录"),
        columns=(
            Column(zh("触发时间"), lambda row: row.fired_at, look="moment", link=_link),
            Column(zh("设备"), lambda row: row.device_name),
            Column(zh("状态"), firing_badge),
            Column(zh("动作"), _outcome),
            Column(zh("触发时数据"), lambda row: said_values(row.values), wide_only=True),
            Column(zh("恢复时间"), lambda row: row.ended_at, look="moment", wide_only=True),
            Column(zh("版次"), lambda row: row.edition, look="number", wide_only=True),
        ),
        filters=(
            Filter(
                "state",
                zh("全部状态"),
                choices=[("standing", zh("未恢复")), ("over", zh("已恢复")), ("failed", zh("有动作失败"))],
            ),
        ),
        fetch=lambda query: firings(
            FiringQuery(
                rule_id,
                search=query.search,
                state=query.filters.get("state", ""),
                after=query.after,
                size=query.size,
            )
        ),
        searchable=True,
        search_hint=zh("设备名称或标识"),
        empty=zh("还没有触发过"),
        template="iot/linkage/history.html",
        extra={"rule": info},
    )
    return respond(request, listing)


def _link(row: FiringInfo) -> str:
    return reverse("iot:linkage_firing", args=[row.rule_id, row.id])


def _outcome(row: FiringInfo) -> Badge:
    """Return the worst of a firing's actions."""
    states = {outcome.state for outcome in row.outcomes}
    return next((OUTCOME[state] for state in ("failed", "waiting") if state in states), OUTCOME["done"])
