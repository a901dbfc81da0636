"""Codes of exchange's rights."""

from typing import Final

# The catalogue
VIEW_CATALOGUE: Final = "exchange.view_catalogue"
COMPILE_CATALOGUE: Final = "exchange.compile_catalogue"
REVIEW_CATALOGUE: Final = "exchange.review_catalogue"
# Sharing
REQUEST_DATA: Final = "exchange.request_data"
APPROVE_SHARING: Final = "exchange.approve_sharing"
DECIDE_SHARING: Final = "exchange.decide_sharing"
QUERY_SHARED: Final = "exchange.query_shared"
SUPERVISE_SHARING: Final = "exchange.supervise_sharing"
VIEW_USES: Final = "exchange.view_uses"
VIEW_RECEIPTS: Final = "exchange.view_receipts"
# The engine
VIEW_FLOWS: Final = "exchange.view_flows"
MANAGE_FLOWS: Final = "exchange.manage_flows"
RUN_FLOWS: Final = "exchange.run_flows"
MEND_ROWS: Final = "exchange.mend_rows"
MANAGE_NODES: Final = "exchange.manage_nodes"
