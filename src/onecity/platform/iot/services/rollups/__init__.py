"""Roll-ups of readings by minute, hour and day: made as time goes on, made anew where readings come late.

writers ─ readings before the mark ─▶ noted as due ─┐
mark moves on ─▶ whoever wrote under the old one ends ─▶ all that spoke since: due ─┤ one transaction:
                                                     refresh: hours, minutes, days ◀┘ take due, roll up, forget due

Who reads takes roll-ups only before `settled_at` and where nothing is due, and readings elsewhere: answers are exact at
every moment, however far the refresh is behind, and whenever it was killed.
"""

from onecity.platform.iot.services.rollups.advancing import advance
from onecity.platform.iot.services.rollups.refreshing import refresh

__all__ = ["advance", "refresh"]
