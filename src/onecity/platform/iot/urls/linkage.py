"""Addresses of linkage rules."""

from django.urls import path

from onecity.platform.iot.views.linkage import drafting, lists, pages, trying

urlpatterns = [
    path("iot/linkage", lists.index, name="linkage"),
    path("iot/linkage/new", drafting.new, name="new_linkage"),
    path("iot/linkage/check", drafting.check, name="check_linkage"),
    path("iot/linkage/<int:rule_id>", pages.page, name="linkage_rule"),
    path("iot/linkage/<int:rule_id>/editions/<int:number>", pages.edition_page, name="linkage_edition"),
    path("iot/linkage/<int:rule_id>/edit", drafting.edit, name="edit_linkage"),
    path("iot/linkage/<int:rule_id>/draft", drafting.draft, name="draft_linkage"),
    path("iot/linkage/<int:rule_id>/discard", drafting.discard, name="discard_linkage"),
    path("iot/linkage/<int:rule_id>/publish", drafting.publish, name="publish_linkage"),
    path("iot/linkage/<int:rule_id>/switch", pages.switch, name="switch_linkage"),
    path("iot/linkage/<int:rule_id>/change", pages.change, name="change_linkage"),
    path("iot/linkage/<int:rule_id>/copy", pages.copy, name="copy_linkage"),
    path("iot/linkage/<int:rule_id>/firings", lists.history, name="linkage_firings"),
    path("iot/linkage/<int:rule_id>/firings/<int:firing_id>", pages.firing_page, name="linkage_firing"),
    path("iot/linkage/<int:rule_id>/outcomes/<int:outcome_id>/retry", pages.try_again, name="retry_linkage"),
    path("iot/linkage/<int:rule_id>/trials", trying.page, name="linkage_trials"),
    path("iot/linkage/<int:rule_id>/trials/<int:trial_id>", trying.result, name="linkage_trial"),
    path("iot/linkage/<int:rule_id>/trials/<int:trial_id>/cancel", trying.cancel, name="cancel_linkage_trial"),
]
