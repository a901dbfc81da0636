"""The one question to the history of readings: day partitions, roll-ups and cold files give one answer.

`planning` says what to read, `reading` asks for it and puts it together, `driving` carries the questions to the
database: on Django's connection, or on a hot road's.
"""

from onecity.platform.iot.selectors.history.driving import asked, asked_on
from onecity.platform.iot.selectors.history.reading import TooMuch, bucketed, history, raw_readings, series_of, told

__all__ = ["TooMuch", "asked", "asked_on", "bucketed", "history", "raw_readings", "series_of", "told"]
