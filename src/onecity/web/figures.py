"""Figures for the monitoring, in Prometheus' text format: this process's own, and the city's that modules declare."""

from collections.abc import Iterable
from functools import cache

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from onecity.kernel.errors import Unavailable
from onecity.kernel.registry import Registry, declared
from onecity.kernel.text import zh
from onecity.web.declare import Gauge


class SchemaBehind(Unavailable):
    """The database lacks migrations of this program."""

    code = "schema_behind"
    message = zh("数据库结构尚未更新，还有 {count} 项迁移未执行")


@cache
def gauges() -> Registry[Gauge]:
    """Return every declared gauge."""
    return declared(Gauge)


class CityCollector(Collector):
    """Reads the declared gauges."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield each gauge with its present value."""
        for gauge in gauges():
            yield GaugeMetricFamily(f"onecity_{gauge.code.replace('.', '_')}", gauge.meaning, value=gauge.read())


def figures_text() -> bytes:
    """Return all figures as Prometheus reads them."""
    city = CollectorRegistry(auto_describe=False)
    city.register(CityCollector())
    return generate_latest(REGISTRY) + generate_latest(city)


def counted(statement: str) -> float:
    """Return the one number that a statement gives; for gauges."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return float(cursor.fetchone()[0] or 0)


@cache
def schema_is_current() -> bool:
    """Say whether every migration of this program is in the database.

    Raises: SchemaBehind when one is missing; asked again then, since somebody may be migrating.
    """
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise SchemaBehind(params={"count": len(missing)})
    return True
