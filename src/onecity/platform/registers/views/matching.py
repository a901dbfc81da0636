"""Pages of record matching: deliveries, runs, doubtful pairs side by side, editions of the model, merges undone."""

import csv
import io

import pyarrow as pa
from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import context
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.jobs import api as jobs
from onecity.platform.registers.contracts.matching import RECORD_COLUMNS, MatchRunInfo, PairInfo
from onecity.platform.registers.models import DoubtfulPair
from onecity.platform.registers.permissions import JUDGE_PAIRS, MANAGE_SOURCES
from onecity.platform.registers.selectors import matching as selectors
from onecity.platform.registers.selectors.provenance import sources
from onecity.platform.registers.services.matching.deciding import decide_pair, take_back
from onecity.platform.registers.services.matching.merges import undo_merge
from onecity.platform.registers.services.matching.models import draft_model, publish_model
from onecity.platform.registers.services.matching.records import RecordsRefused
from onecity.platform.registers.services.matching.runs import match_people
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

JOB_DOUBLES = "registers.search_doubles"
JOB_ADDRESSES = "registers.match_addresses"
MOST_ON_PAGE = 5_000
_LARGEST = 5 * 1024 * 1024
STATES = {
    DoubtfulPair.State.WAITING: Badge(zh("待核对"), "yellow"),
    DoubtfulPair.State.SAME: Badge(zh("同一人"), "green"),
    DoubtfulPair.State.DIFFERENT: Badge(zh("不是同一人"), "grey"),
}
LEVELS = {
    "same": Badge(zh("一致"), "green"),
    "homophone": Badge(zh("同音"), "yellow"),
    "alike": Badge(zh("相近"), "yellow"),
    "different": Badge(zh("不一致"), "red"),
    "unknown": Badge(zh("缺项"), "grey"),
}
NAMES = {
    "name": zh("姓名"),
    "birth_date": zh("出生日期"),
    "sex_code": zh("性别"),
    "address": zh("地址"),
    "phone": zh("联系电话"),
    "citizen_id": zh("公民身份号码"),
}
SEXES = {"1": zh("男"), "2": zh("女")}


class DeliveryForm(CityForm):
    """A file of records to match."""

    title = forms.CharField(label=zh("批次名称"), max_length=120)
    source = forms.ChoiceField(label=zh("数据来源"))
    file = forms.FileField(
        label=zh("文件（CSV，UTF-8）"),
        help_text=zh(
            "首行为列名：key、name、sex_code、birth_date、citizen_id、phone、address、division_code；最多 5000 行。"
        ),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(item.code, item.name) for item in sources()]


class ThresholdForm(CityForm):
    """A new edition of the model: thresholds by hand, weights as in force."""

    sure_from = forms.FloatField(label=zh("自动采用阈值"), min_value=0.5, max_value=1)
    doubtful_from = forms.FloatField(label=zh("人工核对阈值"), min_value=0.01, max_value=1)
    basis = forms.CharField(label=zh("依据"), max_length=200)

    def clean(self) -> dict[str, object]:
        """Refuse thresholds in the wrong order."""
        cleaned = super().clean() or self.cleaned_data
        sure, doubtful = cleaned.get("sure_from"), cleaned.get("doubtful_from")
        if sure is not None and doubtful is not None and doubtful > sure:
            raise forms.ValidationError(gettext("人工核对阈值不能高于自动采用阈值。"))
        return cleaned


@requires(JUDGE_PAIRS)
@require_GET
def pairs(request: CityRequest) -> HttpResponseBase:
    """List doubtful pairs, waiting ones unless another state is asked for."""
    listing = Listing[PairInfo](
        title=zh("疑似同一人"),
        columns=(
            Column(zh("记录"), lambda row: row.left.get("name", ""), link=_pair_link),
            Column(zh("人员"), lambda row: row.right["name"]),
            Column(zh("出生日期"), lambda row: row.right["birth_date"], look="code"),
            Column(zh("地址"), lambda row: row.right["address"], wide_only=True),
            Column(zh("匹配概率"), lambda row: f"{row.probability:.1%}", look="number"),
            Column(zh("批次"), lambda row: row.run_title, wide_only=True),
            Column(zh("状态"), lambda row: STATES[DoubtfulPair.State(row.state)]),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(item.value, str(item.label)) for item in DoubtfulPair.State]),
        ),
        fetch=lambda query: selectors.pairs_page(request.actor, query),
        empty=zh("没有需要核对的疑似记录。"),
        actions=(
            Action(zh("匹配批次"), reverse("registers:match_runs"), icon="list-check"),
            Action(zh("提交待匹配记录"), reverse("registers:match_delivery"), icon="upload"),
        ),
    )
    return respond(request, listing)


@requires(JUDGE_PAIRS)
@require_http_methods(["GET", "POST"])
def pair(request: CityRequest, pair_id: int) -> HttpResponse:
    """Show both sides field by field; decide, or take a decision back."""
    error = ""
    if request.method == "POST":
        try:
            return _decided(request, pair_id)
        except OneCityError as refused:
            error = refused.sentence(gettext(refused.template))
    found = selectors.pair(request.actor, pair_id)
    facts = {
        "pair": found,
        "rows": [_compared(found, name) for name in NAMES],
        "state": STATES[DoubtfulPair.State(found.state)],
        "percent": round(found.probability * 100, 1),
        "waiting": found.state == DoubtfulPair.State.WAITING,
        "merges": selectors.merges_of(request.actor, found.person_id) if found.other_id else [],
        "error": error,
    }
    return render(request, "registers/matching/pair.html", facts, status=409 if error else 200)


@requires(JUDGE_PAIRS)
@require_GET
def runs(request: CityRequest) -> HttpResponseBase:
    """List matching runs."""
    listing = Listing[MatchRunInfo](
        title=zh("匹配批次"),
        columns=(
            Column(
                zh("批次名称"), lambda row: row.title, link=lambda row: f"{reverse('registers:pairs')}?run={row.id}"
            ),
            Column(zh("数据来源"), lambda row: row.source_name, wide_only=True),
            Column(zh("记录数"), lambda row: row.records, look="number"),
            Column(zh("证件号码一致"), lambda row: row.exact, look="number"),
            Column(zh("概率匹配"), lambda row: row.probable, look="number"),
            Column(zh("待人工核对"), lambda row: row.doubtful, look="number"),
            Column(zh("未匹配"), lambda row: row.unmatched, look="number", wide_only=True),
            Column(zh("模型版本"), lambda row: row.model_number, look="number", wide_only=True),
            Column(zh("用时（秒）"), lambda row: row.seconds, look="number", wide_only=True),
            Column(zh("完成时间"), lambda row: row.created_at),
        ),
        fetch=lambda query: selectors.runs_page(request.actor, query),
        empty=zh("还没有匹配批次。"),
        actions=(
            Action(zh("提交待匹配记录"), reverse("registers:match_delivery"), icon="upload"),
            Action(zh("查找重复档案"), reverse("registers:search_doubles"), icon="users"),
        ),
    )
    return respond(request, listing)


@requires(JUDGE_PAIRS)
@require_http_methods(["GET", "POST"])
def delivery(request: CityRequest) -> HttpResponse:
    """Match a small file at once; large deliveries come through exchange."""
    form = DeliveryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            records = read_delivery(form.cleaned_data["file"].read(_LARGEST + 1))
            run = match_people(
                request.actor,
                code=f"page:{context.request_id()}",
                title=form.cleaned_data["title"],
                source=form.cleaned_data["source"],
                records=records,
                organisation_id=request.actor.organisation_id,
                now=request.now,
            )
            return redirect(f"{reverse('registers:pairs')}?run={run.id}" if run.doubtful else "registers:match_runs")
        except OneCityError as error:
            form.add_error("file", error.sentence(gettext(error.template)))
    return render(request, "registers/matching/delivery.html", {"form": form})


@requires(JUDGE_PAIRS)
@require_http_methods(["GET", "POST"])
def search_doubles(request: CityRequest) -> HttpResponse:
    """Start the search for persons who stand in the register twice."""
    if request.method == "POST":
        run_id = jobs.start(
            request.actor,
            code=JOB_DOUBLES,
            title=gettext("查找重复档案"),
            arguments={"organisation": request.actor.organisation_id, "division": ""},
            now=request.now,
        )
        return redirect("jobs:run", run_id)
    return render(request, "registers/matching/doubles.html", {})


@requires(JUDGE_PAIRS)
@require_POST
def match_addresses(request: CityRequest) -> HttpResponse:
    """Start matching the addresses of people to standard addresses."""
    run_id = jobs.start(request.actor, code=JOB_ADDRESSES, title=gettext("人口地址匹配"), arguments={}, now=request.now)
    return redirect("jobs:run", run_id)


@requires(MANAGE_SOURCES)
@require_http_methods(["GET", "POST"])
def models(request: CityRequest) -> HttpResponse:
    """Show the editions of the model; draft new thresholds."""
    editions = selectors.models()
    form = ThresholdForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft_model(request.actor, weights=editions[0].weights, now=request.now, **form.cleaned_data)
        return redirect("registers:match_models")
    return render(request, "registers/matching/models.html", {"editions": editions, "form": form})


@requires(MANAGE_SOURCES)
@require_POST
def publish(request: CityRequest, number: int) -> HttpResponse:
    """Put a draft in force."""
    publish_model(request.actor, number=number, now=request.now)
    return redirect("registers:match_models")


@requires(JUDGE_PAIRS)
@require_POST
def undo(request: CityRequest, merge_id: int) -> HttpResponse:
    """Undo a merge."""
    undo_merge(request.actor, merge_id=merge_id, reason=request.POST.get("reason", ""), now=request.now)
    return redirect("registers:pairs")


def read_delivery(body: bytes) -> pa.Table:
    """Return the records of a CSV file. Raises: RecordsRefused."""
    if len(body) > _LARGEST:
        raise RecordsRefused(params={"reason": zh("文件过大，请分批提交")})
    try:
        rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    except UnicodeDecodeError as error:
        raise RecordsRefused(params={"reason": zh("文件不是 UTF-8 编码")}) from error
    if len(rows) > MOST_ON_PAGE:
        raise RecordsRefused(params={"reason": zh("超过 5000 行，请分批提交")})
    known = [name for name in RECORD_COLUMNS if rows and name in rows[0]]
    return pa.table({name: pa.array([row[name] or "" for row in rows], pa.string()) for name in known})


def _decided(request: CityRequest, pair_id: int) -> HttpResponse:
    note, decision = request.POST.get("note", ""), request.POST.get("decision")
    if decision == "back":
        take_back(request.actor, pair_id=pair_id, note=note, now=request.now)
        return redirect("registers:pair", pair_id)
    decide_pair(request.actor, pair_id=pair_id, same=decision == "same", note=note, now=request.now)
    following = selectors.next_waiting(request.actor, after_id=pair_id)
    return redirect("registers:pair", following) if following else redirect("registers:pairs")


def _compared(found: PairInfo, name: str) -> dict[str, object]:
    return {
        "title": NAMES[name],
        "left": _shown(name, found.left.get(name, "")),
        "right": _shown(name, found.right.get(name, "")),
        "level": LEVELS[found.agreement.get(name, "unknown")],
    }


def _shown(name: str, value: str) -> str:
    return gettext(SEXES[value]) if name == "sex_code" and value in SEXES else value


def _pair_link(row: PairInfo) -> str:
    return reverse("registers:pair", args=[row.id])
