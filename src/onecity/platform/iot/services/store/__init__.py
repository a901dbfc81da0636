"""The store of observations: one way in for gateways, HTTP and derived values.

batches ─▶ merge, sort ─▶ newer than the latest ─▶ COPY ──────────────┐
                      └─▶ late or repeated ─────▶ INSERT, compare ────┤ one transaction,
                      └─▶ clock not believed ───▶ quarantine ─────────┤ acknowledged after its commit
                                   latest value, rules, alarms, event ┘
"""

from onecity.platform.iot.services.store.recording import Store, record
from onecity.platform.iot.services.store.writer import GroupWriter, Submission

__all__ = ["GroupWriter", "Store", "Submission", "record"]
