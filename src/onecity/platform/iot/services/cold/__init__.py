"""Days that have become old leave the database for Parquet files, which the same question reads.

open ─ frozen: writers put late readings beside it ─ whoever wrote before ends ─▶ files, read back and compared
     ─▶ one transaction: the files are the day's, its partition is gone, on record ─ cold
late readings of a cold day ─▶ files made anew ─▶ one transaction: the new files are the day's

Killed anywhere, a day is either as it was or as it should be; files that belong to no day are swept away later.
"""

from onecity.platform.iot.services.cold.compacting import compact_due
from onecity.platform.iot.services.cold.moving import freeze, move_due
from onecity.platform.iot.services.cold.sweeping import sweep

__all__ = ["compact_due", "freeze", "move_due", "sweep"]
