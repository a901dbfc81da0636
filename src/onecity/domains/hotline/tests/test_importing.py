"""Service requests of other cities: mapped, brought in once, compared."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from onecity.domains.hotline.models import Demand, ForeignRequest
from onecity.domains.hotline.rules.foreign import OTHER, channel_of, local_moment, topic_of
from onecity.domains.hotline.selectors.comparison import lateness
from onecity.domains.hotline.services.configuring import rows_of
from onecity.domains.hotline.services.importing import import_requests
from onecity.domains.hotline.tests.factories import SYSTEM, Desks
from onecity.kernel.errors import Invalid, NotPermitted

pytestmark = pytest.mark.django_db
HEAD = '"Unique Key","Created Date","Closed Date","Due Date",Agency,"Complaint Type",Descriptor,Latitude,Longitude'
LINES = (
    '1,2013-12-25 01:00:00,2013-12-28 01:45:00,,DEP,Noise,"Noise: Alarms",40.86,-73.92',
    "2,2013-12-25 02:00:00,,2013-12-26 02:00:00,HPD,HEATING,HEAT,40.7,-73.9",
    "3,2013-12-25 03:00:00,2013-12-25 04:00:00,2013-12-26 02:00:00,HPD,HEATING,HEAT,,",
)


def silent(_: int) -> None:
    """Hear of progress."""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "nyc.csv"
    path.write_text("\n".join((HEAD, *LINES)), encoding="utf-8")
    return path


def mapping() -> list[tuple[str, str, str]]:
    return [(row["words"], row["topic"], row["kind"]) for row in rows_of("foreign_services.csv")]


def test_every_line_of_the_mapping_names_a_topic_and_a_kind(desks: Desks) -> None:
    topics = {row["code"] for row in rows_of("topics.csv")}
    kinds = {row["code"] for row in rows_of("kinds.csv")}
    for words, topic, kind in mapping():
        assert words == words.lower()
        assert topic in topics
        assert kind in kinds


@pytest.mark.parametrize(
    ("service", "topic"),
    [
        ("Noise - Commercial", "040100"),
        ("HEATING / HEAT", "050200"),
        ("Street Lights / Outages", "050700"),
        ("?", OTHER[0]),
    ],
)
def test_first_line_that_fits_counts(service: str, topic: str) -> None:
    assert topic_of(service, mapping=mapping())[0] == topic


def test_channels_and_clocks_are_theirs() -> None:
    assert (channel_of("Constituent Call"), channel_of("Maximo")) == ("hotline.call", "hotline.imported")
    assert local_moment(datetime(2013, 12, 25, 1)) == datetime(2013, 12, 25, 6, tzinfo=UTC)  # noqa: DTZ001  # as the source has it
    assert local_moment(None) is None


def test_requests_come_in_once_and_change_when_they_changed(desks: Desks, table: Path) -> None:
    first = import_requests(SYSTEM, path=table, origin="nyc", progress=silent)
    again = import_requests(SYSTEM, path=table, origin="nyc", progress=silent)
    assert (first.read, first.changed, again.changed) == (3, 3, 0)
    table.write_text(table.read_text(encoding="utf-8").replace("02:00:00,,2013", "02:00:00,2013-12-30 02:00:00,2013"))
    assert import_requests(SYSTEM, path=table, origin="nyc", progress=silent).changed == 1
    row = ForeignRequest.objects.get(reference="1")
    assert row.opened_at == datetime(2013, 12, 25, 6, tzinfo=UTC)
    assert (row.topic_code, row.kind, row.promised_at) == ("040100", "complaint", None)
    assert row.due_at is not None
    assert row.due_at > row.opened_at
    assert Demand.objects.count() == 0


def test_lateness_is_told_by_their_promise_and_by_our_limits(desks: Desks, table: Path) -> None:
    import_requests(SYSTEM, path=table, origin="nyc", progress=silent)
    heating = next(row for row in lateness("nyc") if row.total == 2)
    assert (heating.closed, heating.promised, heating.late_there) == (1, 2, 1)
    assert heating.share_there == 50.0
    assert heating.share_here == 0.0
    noise = next(row for row in lateness("nyc") if row.total == 1)
    assert noise.share_there is None
    assert noise.median_days == pytest.approx(3.03, abs=0.01)
    assert lateness("boston") == []


def test_wrong_file_or_origin_is_refused(desks: Desks, table: Path, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        import_requests(desks.agent, path=table, origin="nyc", progress=silent)
    with pytest.raises(Invalid):
        import_requests(SYSTEM, path=table, origin="paris", progress=silent)
    with pytest.raises(Invalid):
        import_requests(SYSTEM, path=tmp_path / "none.csv", origin="nyc", progress=silent)
    with pytest.raises(CommandError):
        call_command("import_service_requests", str(table), origin="paris")


def test_command_says_what_it_did(desks: Desks, table: Path) -> None:
    said = StringIO()
    call_command("import_service_requests", str(table), origin="nyc", stdout=said, stderr=StringIO())
    assert said.getvalue().startswith("3 read, 3 new or changed")


def test_real_requests_of_two_cities_are_read_whole(desks: Desks, data: Path) -> None:
    folder = data / "events"
    boston = import_requests(SYSTEM, path=folder / "boston311_2015_01_08.parquet", origin="boston", progress=silent)
    assert boston.read == boston.changed == ForeignRequest.objects.filter(origin="boston").count()
    assert boston.read == 81_408
    nyc = import_requests(SYSTEM, path=folder / "nyc311_20131225_a.csv.gz", origin="nyc", progress=silent)
    assert nyc.read == 1_193
    known = ForeignRequest.objects.exclude(topic_code=OTHER[0]).count()
    assert known / (boston.read + nyc.read) > 0.9
    late = lateness("boston")
    assert sum(row.total for row in late) == boston.read
    assert 0 < sum(row.late_there for row in late) < boston.read
