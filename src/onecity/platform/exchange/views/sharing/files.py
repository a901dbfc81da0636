"""Fetching a subscription's blocks as files, for people: download, then say that it has arrived."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.permissions import REQUEST_DATA
from onecity.platform.exchange.selectors.sharing.datasets import field_names
from onecity.platform.exchange.selectors.sharing.grants import consumed_grant
from onecity.platform.exchange.services.sharing.pulling import MOST_ROWS, acknowledge, next_block
from onecity.platform.exchange.views.sharing.shown import sentence
from onecity.web.access import requires
from onecity.web.exports import FORMATS, export
from onecity.web.http import CityRequest


@requires(REQUEST_DATA)
@require_POST
def download(request: CityRequest, code: str) -> HttpResponseBase:
    """Give the next block as CSV or Excel; the same one again until it is acknowledged."""
    kind = request.POST.get("format", "csv")
    if kind not in FORMATS:
        raise NotFound(zh("没有这种文件格式"))
    grant = consumed_grant(request.actor, code.rpartition("-")[0])
    block = next_block(request.actor, code=code, now=request.now, most=MOST_ROWS)
    names = field_names(grant.dataset_code, version=grant.dataset_version)
    response = export(
        kind,
        title=f"{grant.dataset_name}_{block.number}",
        names=[names.get(column, column) for column in grant.fields],
        rows=([row[column] for column in grant.fields] for row in block.rows),
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Block"], response.headers["X-Checksum"] = str(block.number), block.checksum
    return response


@requires(REQUEST_DATA)
@require_POST
def arrived(request: CityRequest, code: str) -> HttpResponse:
    """Say that the block downloaded last has arrived."""
    try:
        number = int(request.POST.get("block", "0"))
        acknowledge(
            request.actor,
            code=code,
            block=number,
            digest=request.POST.get("checksum", ""),
            reason=request.POST.get("reason", ""),
            now=request.now,
        )
    except ValueError:
        raise NotFound from None
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("第 %(number)d 批已确认收到，使用回执已登记") % {"number": number})
    return redirect("exchange:sharing_grant", code.rpartition("-")[0])
