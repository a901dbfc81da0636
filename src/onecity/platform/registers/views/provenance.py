"""The rules of sources, and the conflicts that they leave to people."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations
from onecity.platform.registers.contracts.provenance import ContestedInfo, RuleVersionInfo, SourceInfo
from onecity.platform.registers.declare import Register
from onecity.platform.registers.forms.provenance import PublishForm, SourceForm, tiers_of
from onecity.platform.registers.models import ContestedValue, SourceVersion
from onecity.platform.registers.permissions import MANAGE_SOURCES, SETTLE_CONFLICTS
from onecity.platform.registers.registries import registers
from onecity.platform.registers.rules.provenance import ANY_FIELD
from onecity.platform.registers.selectors.provenance import (
    contested_of_case,
    contested_page,
    rule_versions,
    sources,
)
from onecity.platform.registers.services.provenance_rules import add_source, publish_version, set_ranks, start_draft
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

_STATES = {
    ContestedValue.State.LOST.value: Badge(zh("未采用"), "grey"),
    ContestedValue.State.WAITING.value: Badge(zh("待裁定"), "orange"),
    ContestedValue.State.ACCEPTED.value: Badge(zh("裁定采用"), "green"),
    ContestedValue.State.REFUSED.value: Badge(zh("裁定不采用"), "blue"),
}
ANY = zh("其他各项")


@requires(MANAGE_SOURCES)
@require_GET
def rules(request: CityRequest) -> HttpResponse:
    """Show sources, and each register's edition in force."""
    every = [(item, _in_force(item.code, request)) for item in registers()]
    return render(request, "registers/provenance/rules.html", {"registers": every, "sources": _with_bodies()})


@requires(MANAGE_SOURCES)
@require_GET
def register_rules(request: CityRequest, register: str) -> HttpResponse:
    """Show a register's editions; the draft can be edited. Raises: NotFound."""
    return _register_page(request, _register(register), PublishForm())


@requires(MANAGE_SOURCES)
@require_http_methods(["GET", "POST"])
def new_source(request: CityRequest) -> HttpResponse:
    """Enter a data source."""
    form = SourceForm(request.POST) if request.method == "POST" else SourceForm()
    if form.is_valid():
        try:
            add_source(request.actor, **form.cleaned_data, now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("数据来源已登记"))
            return redirect("registers:source_rules")
    return render(request, "registers/provenance/source.html", {"form": form}, status=422 if form.errors else 200)


@requires(MANAGE_SOURCES)
@require_POST
def draft(request: CityRequest, register: str) -> HttpResponse:
    """Begin the next edition."""
    start_draft(request.actor, register=_register(register).code, now=request.now)
    return redirect("registers:register_rules", register)


@requires(MANAGE_SOURCES)
@require_POST
def ranks(request: CityRequest, register: str, version_id: int) -> HttpResponse:
    """Set the ranks of every field of a draft."""
    declared = _register(register)
    fields = [ANY_FIELD, *(item.name for item in declared.fields)]
    tiers = {
        name: tiers_of([f"{item.id}:{request.POST.get(f'{name}-{item.id}', '0')}" for item in sources()])
        for name in fields
    }
    set_ranks(request.actor, version_id=version_id, tiers=tiers)
    notices.success(request, gettext("草稿已保存"))
    return redirect("registers:register_rules", register)


@requires(MANAGE_SOURCES)
@require_POST
def publish(request: CityRequest, register: str, version_id: int) -> HttpResponse:
    """Publish a draft."""
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            publish_version(
                request.actor,
                version_id=version_id,
                basis=form.cleaned_data["basis"],
                valid_from=form.moment() or request.now,
                now=request.now,
            )
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("规则版本已发布"))
            return redirect("registers:register_rules", register)
    return _register_page(request, _register(register), form)


@requires(SETTLE_CONFLICTS)
@require_GET
def conflicts(request: CityRequest) -> HttpResponseBase:
    """List values that did not win, those that wait for a decision first among the filters."""
    listing = Listing[ContestedInfo](
        title=zh("数据来源冲突"),
        columns=(
            Column(zh("信息库"), lambda row: gettext(row.register_name), wide_only=True),
            Column(zh("条目"), lambda row: row.entry_id, "code", link=_entry_link),
            Column(zh("字段"), lambda row: gettext(row.field_title)),
            Column(zh("来源的值"), lambda row: row.shown),
            Column(zh("来源"), lambda row: row.source_name),
            Column(zh("现值来源"), lambda row: row.standing_source_name, wide_only=True),
            Column(zh("状态"), lambda row: _STATES[row.state], "badge"),
            Column(zh("案件"), lambda row: row.case_number, "code", link=_case_link, wide_only=True),
            Column(zh("发现时间"), lambda row: row.created_at, "moment", wide_only=True),
        ),
        fetch=lambda query: contested_page(request.actor, query),
        filters=(
            Filter("state", zh("状态"), choices=[(code, badge.text) for code, badge in _STATES.items()]),
            Filter("register", zh("信息库"), choices=[(item.code, item.name) for item in registers()]),
        ),
        empty=zh("没有与别的来源不一致的值"),
    )
    return respond(request, listing)


@requires(SETTLE_CONFLICTS)
@require_GET
def panel(request: CityRequest, number: str) -> HttpResponse:
    """Give the case page's part: both values' origins, and the way to the entry."""
    found = contested_of_case(request.actor, number)
    facts = {"row": found, "state": _STATES[found.state], "entry": _entry_link(found)}
    return render(request, "registers/provenance/panel.html", facts)


def _register_page(request: CityRequest, register: Register, form: PublishForm) -> HttpResponse:
    versions = rule_versions(register.code, now=request.now)
    draft_version = next((item for item in versions if item.state == SourceVersion.State.DRAFT), None)
    fields = [(ANY_FIELD, ANY), *((item.name, item.title) for item in register.fields)]
    facts = {
        "register": register,
        "draft": draft_version,
        "versions": [
            (item, [(title, item.ranks[name]) for name, title in fields if name in item.ranks])
            for item in versions
            if item is not draft_version
        ],
        "lines": [(name, title, _ranks(draft_version, name)) for name, title in fields] if draft_version else [],
        "sources": sources(),
        "form": form,
    }
    return render(request, "registers/provenance/register.html", facts, status=422 if form.errors else 200)


def _ranks(version: RuleVersionInfo, field: str) -> list[tuple[SourceInfo, int]]:
    """Return every source with its rank for a field, 0 for none."""
    given = {item.id: rank for item, rank in version.ranks.get(field, ())}
    return [(item, given.get(item.id, 0)) for item in sources()]


def _register(code: str) -> Register:
    if code not in registers():
        raise NotFound
    return registers()[code]


def _in_force(register: str, request: CityRequest) -> RuleVersionInfo | None:
    return next((item for item in rule_versions(register, now=request.now) if item.in_force), None)


def _with_bodies() -> list[tuple[SourceInfo, str]]:
    names = {item.id: item.name for item in organisations()}
    return [(item, names.get(item.organisation_id, "")) for item in sources()]


def _entry_link(row: ContestedInfo) -> str:
    return reverse(registers()[row.register].url_name, args=[row.entry_id])


def _case_link(row: ContestedInfo) -> str:
    return reverse("cases:case", args=[row.case_number]) if row.case_number else ""
