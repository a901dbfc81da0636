"""Addresses of alarms and their rules."""

from django.urls import path

from onecity.platform.iot.views import alarm_care, alarm_rules, alarms

urlpatterns = [
    path("iot/alarms", alarms.index, name="alarms"),
    path("iot/alarms/card", alarms.card, name="alarms_card"),
    path("iot/alarms/<int:alarm_id>", alarms.page, name="alarm"),
    path("iot/alarms/<int:alarm_id>/acknowledge", alarms.take_notice, name="acknowledge"),
    path("iot/alarms/<int:alarm_id>/close", alarms.close, name="close_alarm"),
    path("iot/alarms/<int:alarm_id>/note", alarms.note, name="note_alarm"),
    path("iot/alarms/figures", alarm_care.figures, name="alarm_figures"),
    path("iot/maintenance", alarm_care.index, name="maintenance"),
    path("iot/maintenance/new", alarm_care.new, name="new_maintenance"),
    path("iot/maintenance/<int:maintenance_id>/end", alarm_care.end_window, name="end_maintenance"),
    path("iot/rules/escalation", alarm_care.escalation_page, name="escalation"),
    path("iot/rules", alarm_rules.index, name="rules"),
    path("iot/rules/new", alarm_rules.new, name="new_rule"),
    path("iot/rules/<int:rule_id>", alarm_rules.page, name="rule"),
    path("iot/rules/<int:rule_id>/edit", alarm_rules.edit, name="edit_rule"),
    path("iot/rules/<int:rule_id>/draft", alarm_rules.draft, name="draft_rule"),
    path("iot/rules/<int:rule_id>/publish", alarm_rules.publish, name="publish_rule"),
    path("iot/rules/<int:rule_id>/discard", alarm_rules.discard, name="discard_rule"),
    path("iot/rules/<int:rule_id>/withdraw", alarm_rules.withdraw, name="withdraw_rule"),
]
