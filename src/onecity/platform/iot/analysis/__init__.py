"""Analysis of readings as Ibis expressions: the same ones run on DuckDB over Parquet and on Spark."""

from onecity.platform.iot.analysis.expressions import correlation, daily_profile, monthly_exceedance, percentiles
from onecity.platform.iot.analysis.running import Found, analysed, on_duckdb

__all__ = ["Found", "analysed", "correlation", "daily_profile", "monthly_exceedance", "on_duckdb", "percentiles"]
