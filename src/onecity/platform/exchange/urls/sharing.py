"""Addresses of exchange: sharing."""

from django.urls import URLPattern, path

from onecity.platform.exchange.views.sharing import files, grants, queries, requests, settings, uses

_AT = "exchange/sharing/"

urlpatterns: list[URLPattern] = [
    path(f"{_AT}requests", requests.index, name="sharing_requests"),
    path(f"{_AT}desk", requests.desk, name="sharing_desk"),
    path(f"{_AT}requests/new", requests.new, name="sharing_new_request"),
    path(f"{_AT}requests/<int:request_id>", requests.page, name="sharing_request"),
    path(f"{_AT}requests/<int:request_id>/mend", requests.mend, name="sharing_mend"),
    path(f"{_AT}cases/<str:number>/panel", requests.panel, name="sharing_panel"),
    path(f"{_AT}grants", grants.index, name="sharing_grants"),
    path(f"{_AT}grants/<str:code>", grants.page, name="sharing_grant"),
    path(f"{_AT}grants/<str:code>/subscribe", grants.subscription, name="sharing_subscribe"),
    path(f"{_AT}grants/<str:code>/suspend", grants.change, {"act": "suspend"}, name="sharing_suspend"),
    path(f"{_AT}grants/<str:code>/resume", grants.change, {"act": "resume"}, name="sharing_resume"),
    path(f"{_AT}grants/<str:code>/withdraw", grants.change, {"act": "withdraw"}, name="sharing_withdraw"),
    path(f"{_AT}subscriptions/<str:code>/stop", grants.stop, name="sharing_stop"),
    path(f"{_AT}subscriptions/<str:code>/download", files.download, name="sharing_download"),
    path(f"{_AT}subscriptions/<str:code>/arrived", files.arrived, name="sharing_arrived"),
    path(f"{_AT}query", queries.page, name="sharing_query"),
    path(f"{_AT}uses", uses.index, name="sharing_uses"),
    path(f"{_AT}uses/verify", uses.verify, name="sharing_verify"),
    path(f"{_AT}uses/subject", uses.subject, name="sharing_subject"),
    path(f"{_AT}uses/<int:receipt_id>", uses.page, name="sharing_receipt"),
    path(f"{_AT}supplies", settings.supplies, name="sharing_supplies"),
    path(f"{_AT}supplies/<str:code>", settings.supply, name="sharing_supply"),
    path(f"{_AT}parameters", settings.figures, name="sharing_parameters"),
]
