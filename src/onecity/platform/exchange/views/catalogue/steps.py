"""What may be done with an entry: submit, begin anew, discard; publish, return, withdraw; note where data come from."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE
from onecity.platform.exchange.services.catalogue import compiling, lineage, reviewing
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(COMPILE_CATALOGUE)
@require_POST
def note_source(request: CityRequest, code: str) -> HttpResponse:
    """Note that an entry comes from another."""
    source, note = request.POST.get("source_code", "").strip(), request.POST.get("note", "")
    lineage.note_by_hand(request.actor, source_code=source, target_code=code, note=note, now=request.now)
    messages.success(request, gettext("数据来源已登记"))
    return redirect("exchange:lineage", code)


@requires(COMPILE_CATALOGUE)
@require_POST
def forget_source(request: CityRequest, code: str) -> HttpResponse:
    """Take a noted source back."""
    lineage.forget_by_hand(request.actor, source_code=request.POST.get("source_code", ""), target_code=code)
    messages.success(request, gettext("数据来源已撤回"))
    return redirect("exchange:lineage", code)


@requires(COMPILE_CATALOGUE)
@require_POST
def compile_step(request: CityRequest, code: str) -> HttpResponse:
    """Submit a draft, begin the next version, or throw a draft away."""
    match request.POST.get("step", ""):
        case "submit":
            reviewing.submit(request.actor, code=code, now=request.now)
            messages.success(request, gettext("已提交审核"))
        case "new_version":
            compiling.new_version(request.actor, code=code, now=request.now)
            return redirect("exchange:edit_dataset", code)
        case "discard":
            compiling.discard_draft(request.actor, code=code)
            messages.success(request, gettext("草稿已删除"))
            return redirect("exchange:own_entries")
        case _:
            raise Invalid(fields={"step": zh("没有这个操作")})
    return redirect("exchange:dataset", code)


@requires(REVIEW_CATALOGUE)
@require_POST
def review_step(request: CityRequest, code: str) -> HttpResponse:
    """Publish what was submitted, return it, or withdraw what is published."""
    reason = request.POST.get("reason", "")
    match request.POST.get("step", ""):
        case "publish":
            reviewing.publish(request.actor, code=code, now=request.now)
            messages.success(request, gettext("目录已发布"))
        case "return":
            reviewing.give_back(request.actor, code=code, reason=reason, now=request.now)
            messages.success(request, gettext("目录已退回"))
            return redirect("exchange:reviews")
        case "withdraw":
            reviewing.withdraw(request.actor, code=code, reason=reason, now=request.now)
            messages.success(request, gettext("目录已撤销"))
        case _:
            raise Invalid(fields={"step": zh("没有这个操作")})
    return redirect("exchange:dataset", code)
