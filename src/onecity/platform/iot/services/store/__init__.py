"""The store of observations: one way in for gateways, HTTP and derived values.

batches ─▶ merge, sort ─▶ newer than the latest ─▶ COPY ──────────────┐
                      └─▶ late or repeated ─────▶ INSERT, compare ────┤ one transaction,
                      ├─▶ of a closed day ─────▶ beside it, compare ──┤ acknowledged after its commit
                      └─▶ clock not believed ───▶ quarantine ─────────┤
                latest value, rules, alarms, event, due roll-ups, count ┘
"""

from onecity.platform.iot.services.store.correcting import correct, erase
from onecity.platform.iot.services.store.recording import Store, record
from onecity.platform.iot.services.store.writer import GroupWriter, Submission

__all__ = ["GroupWriter", "Store", "Submission", "correct", "erase", "record"]
