"""Addresses of identity."""

from django.urls import path

from onecity.platform.identity.views import own

app_name = "identity"
urlpatterns = [
    path("sign-in", own.sign_in, name="sign_in"),
    path("sign-out", own.sign_out, name="sign_out"),
    path("me/password", own.password, name="password"),
    path("me/security", own.security, name="security"),
    path("me/security/totp", own.second_factor, name="second_factor"),
    path("me/security/totp/off", own.second_factor_off, name="second_factor_off"),
    path("me/security/sessions/<int:session_id>/end", own.end_session, name="end_session"),
]
