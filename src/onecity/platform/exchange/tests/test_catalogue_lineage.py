"""Lineage of the catalogue: by hand, by flows, drawn; what a finished run tells the catalogue."""

from datetime import datetime
from itertools import pairwise

import pytest

from onecity.kernel.errors import NotPermitted
from onecity.platform.exchange import events
from onecity.platform.exchange.handlers.catalogue import on_run_finished
from onecity.platform.exchange.models import (
    Dataset,
    LineageEdge,
)
from onecity.platform.exchange.selectors.catalogue.figures import lineage_of, use_of
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue.lineage import (
    AlreadyNoted,
    BadLineage,
    forget_by_hand,
    note_by_hand,
    note_flow,
)
from onecity.platform.exchange.tests.catalogue_factories import (
    compiler,
    drafted,
    provider,
    published,
)


@pytest.fixture
def entry(db: None, now: datetime) -> Dataset:
    """A published entry."""
    return published(provider(), now=now)


def test_lineage_by_hand_follows_its_rules(entry: Dataset, now: datetime) -> None:
    later = published(entry.organisation, now=now)
    writer = compiler(entry.organisation)
    with pytest.raises(BadLineage):
        note_by_hand(writer, source_code=later.code, target_code=later.code, note="", now=now)
    with pytest.raises(NoSuchDataset):
        note_by_hand(writer, source_code="nowhere", target_code=later.code, note="", now=now)
    with pytest.raises(NotPermitted):
        note_by_hand(compiler(provider("公安局")), source_code=entry.code, target_code=later.code, note="", now=now)
    note_by_hand(writer, source_code=entry.code, target_code=later.code, note="汇总", now=now)
    with pytest.raises(AlreadyNoted):
        note_by_hand(writer, source_code=entry.code, target_code=later.code, note="", now=now)
    forget_by_hand(writer, source_code=entry.code, target_code=later.code)
    with pytest.raises(NoSuchDataset):
        forget_by_hand(writer, source_code=entry.code, target_code=later.code)


def test_lineage_by_flows_is_noted_again_and_again(entry: Dataset, now: datetime) -> None:
    later = published(entry.organisation, now=now)
    for _ in range(2):
        assert note_flow(entry.code, target_code=later.code, flow_code="f1", fields=["number"], now=now)
    assert not note_flow(entry.code, target_code="nowhere", flow_code="f1", now=now)
    edge = LineageEdge.objects.get()
    assert (edge.origin, edge.flow_code, edge.fields) == ("flow", "f1", ["number"])


def test_lineage_is_drawn_three_steps_each_way_without_strangers_drafts(entry: Dataset, now: datetime) -> None:
    body = entry.organisation
    chain = [published(body, now=now) for _ in range(9)]
    for earlier, later in pairwise(chain):
        note_flow(earlier.code, target_code=later.code, flow_code="f", now=now)
    hidden = drafted(body, compiler(body), now=now)
    note_flow(chain[4].code, target_code=hidden.code, flow_code="f", now=now)
    nodes, edges = lineage_of(chain[4])
    assert {node.code: node.step for node in nodes} == {chain[place].code: place - 4 for place in range(1, 8)}
    assert len(edges) == 6


def test_a_finished_run_renews_the_data_and_a_push_counts_as_shared(entry: Dataset, now: datetime) -> None:
    told = dict.fromkeys(events.RUN_FINISHED.fields, "") | {"dataset_code": entry.code, "ended_at": now.isoformat()}
    on_run_finished(told)
    entry.refresh_from_db()
    assert (entry.last_data_at, use_of(entry.id).shares) == (now, 0)
    on_run_finished({**told, "grant_code": "g1"})
    assert use_of(entry.id).shares == 1
    on_run_finished({**told, "dataset_code": ""})
    on_run_finished({**told, "dataset_code": "gone", "grant_code": "g1"})
    assert use_of(entry.id).shares == 1


def test_a_finished_run_between_two_datasets_enters_the_lineage(entry: Dataset, now: datetime) -> None:
    later = published(entry.organisation, now=now)
    told = dict.fromkeys(events.RUN_FINISHED.fields, "") | {"dataset_code": later.code, "ended_at": now.isoformat()}
    on_run_finished(told)
    assert not LineageEdge.objects.exists()
    on_run_finished({**told, "source_dataset_code": entry.code, "flow_code": "f1"})
    assert LineageEdge.objects.get(source=entry, target=later).flow_code == "f1"
