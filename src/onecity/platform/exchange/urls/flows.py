"""Addresses of exchange: flows."""

from django.urls import URLPattern, path

from onecity.platform.exchange.views.flows import connections, editing, flows, quality, receipts, refused, runs

urlpatterns: list[URLPattern] = [
    path("exchange/connections", connections.index, name="connections"),
    path("exchange/connections/new", connections.new, name="new_connection"),
    path("exchange/connections/<int:connection_id>", connections.page, name="connection"),
    path("exchange/connections/<int:connection_id>/test", connections.test, name="test_connection"),
    path("exchange/connections/<int:connection_id>/tables", connections.tables, name="tables"),
    path("exchange/flows", flows.index, name="flows"),
    path("exchange/flows/new", editing.new, name="new_flow"),
    path("exchange/flows/source", editing.choose_table, name="choose_table"),
    path("exchange/flows/preview", editing.look, name="preview_flow"),
    path("exchange/flows/<int:flow_id>", flows.page, name="flow"),
    path("exchange/flows/<int:flow_id>/edit", editing.edit, name="edit_flow"),
    path("exchange/flows/<int:flow_id>/publish", flows.publish, name="publish_flow"),
    path("exchange/flows/<int:flow_id>/discard", flows.discard, name="discard_flow"),
    path("exchange/flows/<int:flow_id>/state", flows.change_state, name="change_flow_state"),
    path("exchange/flows/<int:flow_id>/run", flows.run_now, name="run_flow"),
    path("exchange/flows/<int:flow_id>/replay", refused.replay_all, name="replay_all"),
    path("exchange/flows/<int:flow_id>/drop", refused.drop_all, name="drop_all"),
    path("exchange/runs", runs.index, name="runs"),
    path("exchange/runs/<int:run_id>", runs.page, name="run"),
    path("exchange/runs/<int:run_id>/progress", runs.progress, name="run_progress"),
    path("exchange/runs/<int:run_id>/cancel", runs.cancel, name="cancel_run"),
    path("exchange/runs/<int:run_id>/continue", runs.carry_on, name="continue_run"),
    path("exchange/refused", refused.index, name="refused"),
    path("exchange/refused/<int:row_id>", refused.page, name="refused_row"),
    path("exchange/refused/<int:row_id>/mend", refused.mend, name="mend_row"),
    path("exchange/refused/<int:row_id>/replay", refused.replay, name="replay_row"),
    path("exchange/refused/<int:row_id>/drop", refused.drop, name="drop_row"),
    path("exchange/refused/<int:row_id>/look", refused.look, name="look_at_value"),
    path("exchange/receipts", receipts.index, name="receipts"),
    path("exchange/receipts/check", receipts.check, name="check_receipt"),
    path("exchange/receipts/check.json", receipts.check_json, name="check_receipt_json"),
    path("exchange/receipts/<slug:code>", receipts.page, name="receipt"),
    path("exchange/quality", quality.index, name="quality"),
]
