"""Pages of one's own account: signing in and out, password, second factor, sessions."""

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.forms import CodeForm, PasswordForm, SignInForm
from onecity.platform.identity.middleware import SESSION_COOKIE, session_cookie_options
from onecity.platform.identity.selectors.own import own_account, own_sessions
from onecity.platform.identity.services import credentials, sign_on, totp
from onecity.platform.identity.services.sign_on import Credentials, FirstStepExpired, NewSession, SecondFactorNeeded
from onecity.web.access import public, signed_in
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: CityRequest) -> HttpResponse:
    """Ask for name and password, then, where one is set, for the one-time code."""
    if request.method == "GET":
        return _ask(request, SignInForm())
    return _second_step(request) if "proof" in request.POST else _first_step(request)


@signed_in
@require_POST
def sign_out(request: CityRequest) -> HttpResponse:
    """End this session."""
    if request.session_id is not None:
        sign_on.sign_out(request.actor, session_id=request.session_id)
    response = redirect("/")
    response.delete_cookie(SESSION_COOKIE, samesite="Lax")
    return response


@signed_in
@require_http_methods(["GET", "POST"])
def password(request: CityRequest) -> HttpResponse:
    """Change one's password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            credentials.change_password(
                request.actor,
                present=form.cleaned_data["present"],
                wanted=form.cleaned_data["wanted"],
                now=clock.real_now(),
                keep_session=request.session_id,
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("密码已修改，其他设备上的登录已全部退出。"))
            return redirect("identity:security")
    return render(request, "identity/password.html", {"form": form, "account": own_account(request.actor)})


@signed_in
@require_http_methods(["GET"])
def security(request: CityRequest) -> HttpResponse:
    """Show one's second factor and the browsers in which one has signed in."""
    facts = {
        "account": own_account(request.actor),
        "sessions": own_sessions(request.actor),
        "this_session": request.session_id,
    }
    return render(request, "identity/security.html", facts)


@signed_in
@require_http_methods(["POST"])
def second_factor(request: CityRequest) -> HttpResponse:
    """Begin with a second factor (shows the QR code), or confirm it with the first code."""
    if "code" not in request.POST:
        return _show_secret(request, totp.begin(request.actor), CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            totp.confirm(request.actor, code=form.cleaned_data["code"], now=clock.real_now())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("动态口令已启用，下次登录时需要输入。"))
            return redirect("identity:security")
    return _show_secret(request, totp.begun(request.actor), form)


@signed_in
@require_POST
def second_factor_off(request: CityRequest) -> HttpResponse:
    """Take the second factor off one's own account."""
    totp.switch_off(request.actor)
    messages.success(request, gettext("动态口令已停用。"))
    return redirect("identity:security")


@signed_in
@require_POST
def end_session(request: CityRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    sign_on.end_session(request.actor, session_id=session_id)
    return redirect("identity:security")


def _first_step(request: CityRequest) -> HttpResponse:
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    offered = Credentials(
        form.cleaned_data["username"], form.cleaned_data["password"], request.headers.get("User-Agent", "")
    )
    try:
        return _enter(request, sign_on.sign_in(offered, now=clock.real_now()))
    except SecondFactorNeeded as needed:
        return _ask(request, CodeForm(), proof=needed.proof)
    except OneCityError as refusal:
        form.take(refusal)
        return _ask(request, form)


def _second_step(request: CityRequest) -> HttpResponse:
    form, proof = CodeForm(request.POST), request.POST["proof"]
    if not form.is_valid():
        return _ask(request, form, proof=proof)
    agent = request.headers.get("User-Agent", "")
    try:
        session = sign_on.finish_sign_in(proof, code=form.cleaned_data["code"], agent=agent, now=clock.real_now())
    except FirstStepExpired as refusal:
        first = SignInForm({})
        first.take(refusal)
        return _ask(request, first)
    except OneCityError as refusal:
        form.take(refusal)
        return _ask(request, form, proof=proof)
    return _enter(request, session)


def _ask(request: CityRequest, form: CityForm, *, proof: str = "") -> HttpResponse:
    wanted = request.POST.get("next") or request.GET.get("next", "/")
    status = 200 if not form.errors else 422
    facts = {"form": form, "proof": proof, "next": wanted}
    return render(request, "identity/sign_in.html", facts, status=status)


def _enter(request: CityRequest, session: NewSession) -> HttpResponse:
    wanted = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        wanted = "/"
    response = redirect("identity:password") if session.must_change_password else redirect(wanted)
    options = session_cookie_options()
    response.set_cookie(SESSION_COOKIE, session.secret, **options)  # type: ignore[arg-type]  # attributes of a cookie
    return response


def _show_secret(request: CityRequest, address: str, form: CityForm) -> HttpResponse:
    code = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    return render(request, "identity/second_factor.html", {"form": form, "code": code, "address": address})
