"""Makes the plan of a run out of the version of its flow, the grant's limits and the connections' own limits."""

from typing import Final

from onecity.platform.exchange.codecs.plans import from_json, many_from_json
from onecity.platform.exchange.connectors.rows import KIND as ROWS
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.flows import FlowText, Schedule
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Check, ColumnMap, Plan, Threshold
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape
from onecity.platform.exchange.models import FlowVersion, Run
from onecity.platform.exchange.services.flows.connections import place_of
from onecity.platform.exchange.services.flows.limits import limits_of_flow

REPLAYED_AS: Final = {
    Loading.SWAP: Loading.MERGE,
    Loading.MERGE: Loading.MERGE,
    Loading.MERGE_DELETE: Loading.MERGE,
    Loading.APPEND: Loading.APPEND,
}


def plan_without_grant(version: FlowVersion) -> Plan:
    """Return what a version's runs read and write, for letting its source go: nothing is carried by this plan."""
    text = text_of(version)
    return Plan(
        source=place_of(version.source),
        source_table=text.source_table,
        target=place_of(version.target),
        target_shape=text.target_shape,
        reading=text.reading,
        loading=text.loading,
        columns=text.columns,
    )


def plan_of(run: Run) -> Plan:
    """Return what a run is to do. Raises: what the grant's limits raise; KeyMissing."""
    text, version = text_of(run.version), run.version
    replay = run.trigger == Run.Trigger.REPLAY
    return Plan(
        source=Place(ROWS, {"name": engine_name(run)}) if replay else place_of(version.source),
        source_table=text.source_table,
        target=place_of(version.target),
        target_shape=text.target_shape,
        reading=Reading.FULL if replay else text.reading,
        loading=_loading_of_replay(text) if replay else text.loading,
        columns=text.columns,
        checks=text.checks,
        cursor="" if replay else text.cursor,
        conditions=() if replay else text.conditions,
        limits=limits_of_flow(run.flow.grant_code),
        threshold=Threshold() if replay else text.threshold,
        block_rows=text.block_rows,
        rows_per_second=_rate(version),
        parts=1 if replay else text.parts,
    )


def engine_name(run: Run) -> str:
    """Return the name under which the engine and the target know a run, for ever."""
    return f"r{run.id}"


def text_of(version: FlowVersion) -> FlowText:
    """Return what a version says."""
    return FlowText(
        source=version.source.code,
        source_table=version.source_table,
        source_columns=many_from_json(version.source_columns, ColumnShape),
        target=version.target.code,
        target_shape=from_json(version.target_shape, TableShape),
        columns=many_from_json(version.columns, ColumnMap),
        reading=Reading(version.reading),
        loading=Loading(version.loading),
        checks=many_from_json(version.checks, Check),
        conditions=many_from_json(version.conditions, Comparison),
        sensitive=dict(version.sensitive),
        cursor=version.cursor,
        threshold=Threshold(version.threshold_share, version.threshold_rows),
        schedule=Schedule(version.cron, version.after.code if version.after else "", version.late_after_s),
        block_rows=version.block_rows,
        rows_per_second=version.rows_per_second,
        parts=version.parts,
    )


def _loading_of_replay(text: FlowText) -> Loading:
    """Replayed rows join what is there; without a key they can only be added."""
    return REPLAYED_AS[text.loading] if text.target_shape.key else Loading.APPEND


def _rate(version: FlowVersion) -> int:
    """Return the flow's rows per second: its own limit, and its part of the source's when all its places are taken."""
    source = version.source
    allowed = max(source.rows_per_second // source.at_once, 1) if source.rows_per_second else 0
    given = [limit for limit in (allowed, version.rows_per_second) if limit]
    return min(given, default=0)
