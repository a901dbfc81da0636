"""Addresses of welfare."""

from django.urls import path

from onecity.domains.welfare.views import (
    applications,
    citizen,
    consents,
    panel,
    policies,
    public,
    rechecks,
    reports,
    verifications,
)

app_name = "welfare"
urlpatterns = [
    path("welfare/applications", applications.index, name="applications"),
    path("welfare/applications/new", applications.new, name="new_application"),
    path("welfare/applications/<str:number>", applications.show, name="application"),
    path("welfare/applications/<str:number>/members", applications.add_member, name="add_member"),
    path("welfare/applications/<str:number>/members/<int:member_id>", applications.member, name="member"),
    path("welfare/applications/<str:number>/remove", applications.remove, name="remove"),
    path("welfare/applications/<str:number>/submit", applications.send, name="submit"),
    path("welfare/applications/<str:number>/verify", verifications.begin, name="verify"),
    path("welfare/applications/<str:number>/consents/<int:member_id>", consents.sign, name="sign"),
    path("welfare/consents/<str:code>", consents.show, name="consent"),
    path("welfare/consents/<str:code>/withdraw", consents.withdraw, name="withdraw"),
    path("welfare/verifications", verifications.index, name="verifications"),
    path("welfare/verifications/statistics", verifications.statistics, name="statistics"),
    path("welfare/verifications/<str:number>", verifications.show, name="verification"),
    path("welfare/verifications/<str:number>/live", verifications.live, name="verification_live"),
    path("welfare/verifications/<str:number>/again", verifications.again, name="verification_again"),
    path("welfare/reports/<str:number>", reports.show, name="report"),
    path("welfare/reports/<str:number>/print", reports.printed, name="report_print"),
    path("welfare/cases/<str:number>/panel", panel.panel, name="panel"),
    path("welfare/policies", policies.index, name="policies"),
    path("welfare/policies/new", policies.new, name="new_policy"),
    path("welfare/policies/<int:number>", policies.show, name="policy"),
    path("welfare/sources", policies.sources, name="sources"),
    path("welfare/rechecks", rechecks.index, name="rechecks"),
    path("welfare/rechecks/<int:recheck_id>", rechecks.show, name="recheck"),
    path("welfare/rechecks/<int:recheck_id>/resume", rechecks.resume, name="recheck_resume"),
    path("aid", citizen.mine, name="my_applications"),
    path("aid/apply", applications.new, name="apply"),
    path("aid/published", public.publications, name="publications"),
    path("aid/check", public.check, name="check_report"),
]
