"""Questions to all readings, without a word of any engine's own.

`observations`: datastream_id, phenomenon_at (UTC, without zone), result (null for none), quality (ASCII code).
`streams`: datastream_id, device_key, property_code. Hours and days are the city's. Numbers are rounded to `DIGITS`, so
that engines which add in another order give the same answer.
"""

from typing import Final

import ibis
from ibis.expr.types import NumericValue, Table, TimestampValue

from onecity.platform.iot.rules import quality

DIGITS: Final = 6
_GOOD: Final = [quality.code(letter) for letter in sorted(quality.JUDGED)]
_CITY: Final = ibis.interval(hours=8)


def good(observations: Table) -> Table:
    """Return the readings that count, with `at`, their time in the city (Asia/Shanghai)."""
    kept = observations.filter(observations.result.notnull(), observations.quality.isin(_GOOD))
    return kept.mutate(at=_moment(kept.phenomenon_at) + _CITY)


def hourly(observations: Table) -> Table:
    """Return the mean of each datastream's hour of the city: datastream_id, hour, mean."""
    kept = good(observations)
    return kept.group_by(kept.datastream_id, hour=kept.at.truncate("h")).agg(mean=kept.result.mean())


def monthly_exceedance(observations: Table, streams: Table, *, limit: float) -> Table:
    """Return for each device, property and month of the city how many hours there were, and how many above a limit.

    limit: in the property's unit; an hour is above it by its mean. Columns: device_key, property_code, month, hours,
    above_hours, share (of the hours, 0 to 1).
    """
    means = hourly(observations)
    named = means.join(streams, "datastream_id")
    by_month = named.group_by(named.device_key, named.property_code, month=named.hour.truncate("M").date()).agg(
        hours=named.count(), above_hours=(named["mean"] > limit).ifelse(1, 0).sum().cast("int64")
    )
    share = _rounded(by_month.above_hours.cast("float64") / by_month.hours)
    return by_month.mutate(share=share).order_by("device_key", "property_code", "month")


def correlation(observations: Table) -> Table:
    """Return Pearson's correlation of the hourly means of each pair of datastreams, over the hours that both have.

    Columns: one, other (one < other), hours, correlation (null where one of them never changes).
    """
    means = hourly(observations)
    others = means.view()
    pairs = means.join(others, [means.hour == others.hour, means.datastream_id < others.datastream_id])
    pairs = pairs.select(one=means.datastream_id, other=others.datastream_id, x=means["mean"], y=others["mean"])
    found = pairs.group_by("one", "other").agg(
        hours=pairs.count(),
        together=pairs.x.cov(pairs.y, how="pop"),
        spread_x=pairs.x.var(how="pop"),
        spread_y=pairs.y.var(how="pop"),
    )
    spread = (found.spread_x * found.spread_y).sqrt()
    value = (spread > 1e-12).ifelse(_rounded(found.together / spread), ibis.null("float64"))
    return found.select("one", "other", "hours", correlation=value).order_by("one", "other")


def percentiles(observations: Table) -> Table:
    """Return each datastream's lowest, highest, mean and percentiles of good readings, linearly interpolated.

    Columns: datastream_id, readings, mean, low, p05, p25, p50, p75, p95, p98, high.
    """
    kept = good(observations)
    shares = {f"p{percent:02}": kept.result.quantile(percent / 100) for percent in (5, 25, 50, 75, 95, 98)}
    found = kept.group_by(kept.datastream_id).agg(
        readings=kept.count(), mean=kept.result.mean(), low=kept.result.min(), high=kept.result.max(), **shares
    )
    numbers = ("mean", "low", *shares, "high")
    return found.select("datastream_id", "readings", **{name: _rounded(found[name]) for name in numbers}).order_by(
        "datastream_id"
    )


def daily_profile(observations: Table) -> Table:
    """Return the mean of each hour of the day (0 to 23, the city's) of each datastream.

    Columns: datastream_id, hour, readings, mean.
    """
    kept = good(observations)
    found = kept.group_by(kept.datastream_id, hour=kept.at.hour()).agg(readings=kept.count(), mean=kept.result.mean())
    return found.mutate(mean=_rounded(found["mean"])).order_by("datastream_id", "hour")


def _rounded(value: NumericValue) -> NumericValue:
    return value.round(DIGITS)


def _moment(value: TimestampValue) -> TimestampValue:
    return value.cast("timestamp")
