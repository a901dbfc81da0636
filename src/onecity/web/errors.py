"""The one place where errors become HTTP: problem+json (RFC 9457) for programs, a page for people."""

import logging
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from onecity.kernel import context
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, OneCityError, Unavailable
from onecity.kernel.text import zh
from onecity.web.access import SignInNeeded
from onecity.web.http import wants_json
from onecity.web.uploads import NoRoom

SIGN_IN_PATH: Final = "/sign-in"
logger = logging.getLogger(__name__)

_STATUS: Final = (
    (SignInNeeded, HTTPStatus.UNAUTHORIZED),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
_ADVICE: Final = {
    HTTPStatus.UNPROCESSABLE_ENTITY: zh("请按提示修改后重新提交，您已填写的内容不会丢失。"),
    HTTPStatus.NOT_FOUND: zh("请检查链接是否完整；如内容已移交其他部门，您可能不再有权查看。"),
    HTTPStatus.FORBIDDEN: zh("如工作需要，请向本单位的安全管理员申请相应权限。"),
    HTTPStatus.CONFLICT: zh("请返回刷新页面，查看最新内容后再操作。"),
    HTTPStatus.SERVICE_UNAVAILABLE: zh("系统会自动恢复，请稍后重试；如持续出现，请联系系统管理员。"),
    HTTPStatus.INTERNAL_SERVER_ERROR: zh("错误已记录。请把下面的请求编号告诉系统管理员。"),
}


def status_of(error: OneCityError) -> HTTPStatus:
    """Return the HTTP status of an error's kind."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: OneCityError, *, instance: str = "") -> dict[str, object]:
    """Return the problem+json body; the sentence and the fields are in the visitor's language."""
    status = status_of(error)
    body: dict[str, object] = {
        "type": f"urn:onecity:error:{error.code}",
        "title": error.sentence(gettext(error.template)),
        "status": int(status),
        "code": error.code,
    }
    if instance:
        body["instance"] = instance
    if error.fields:
        body["errors"] = {name: gettext(text) for name, text in error.fields.items()}
    if context.request_id():
        body["request_id"] = context.request_id()
    return body


def problem_response(error: OneCityError, *, instance: str = "") -> JsonResponse:
    """Return the problem+json answer to an error."""
    response = JsonResponse(
        problem(error, instance=instance), status=status_of(error), json_dumps_params={"ensure_ascii": False}
    )
    response.headers["Content-Type"] = "application/problem+json"
    if isinstance(error, SignInNeeded):
        response.headers["WWW-Authenticate"] = 'Bearer realm="onecity"'
    return response


def error_response(request: HttpRequest, error: OneCityError) -> HttpResponse:
    """Answer an error: problem+json for programs, the sign-in page for strangers, a page for people."""
    if wants_json(request):
        return problem_response(error, instance=request.path)
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    status = status_of(error)
    facts = {
        "status": int(status),
        "sentence": error.sentence(gettext(error.template)),
        "fields": {name: gettext(text) for name, text in error.fields.items()},
        "advice": _ADVICE.get(status, ""),
        "request_id": context.request_id(),
    }
    fragment = request.headers.get("HX-Request") == "true"
    template = "web/components/problem.html" if fragment else "web/error.html"
    return render(request, template, facts, status=status)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = request.get_full_path() if request.method == "GET" else "/"
    target = f"{SIGN_IN_PATH}?{urlencode({'next': wanted})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": target})
    return HttpResponse(status=HTTPStatus.FOUND, headers={"Location": target})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that no page has."""
    return error_response(request, NotFound(zh("没有这个页面")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours: no trace for the visitor, the request id for the administrator."""
    return error_response(request, OneCityError(zh("系统出现意外错误")))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that HTTP itself finds malformed or too large, or that the disk cannot take."""
    if isinstance(exception, NoRoom):
        return error_response(request, Unavailable(zh("服务器存储空间不足，暂时不能上传文件，请联系系统管理员")))
    return error_response(request, Invalid(zh("请求格式不正确，或内容过大")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from one of our pages, or came after the page had grown old."""
    return error_response(request, NotPermitted(zh("页面已过期，请刷新后重新提交")))
