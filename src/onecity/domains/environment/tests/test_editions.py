import csv
from datetime import date
from pathlib import Path

import pytest

from onecity.domains.environment.rules.editions import (
    EDITIONS,
    HJ_633_2012,
    HJ_633_2012_PUBLISHED,
    HJ_633_2026,
    INDEX_POINTS,
    PUBLISHED_EDITIONS,
    Averaging,
    Edition,
    Factor,
    Pollutant,
    ReportKind,
    edition_on,
)
from onecity.kernel.units import MICROGRAM_PER_CUBIC_METRE, MILLIGRAM_PER_CUBIC_METRE

TABLE = Path(__file__).parent / "data" / "aqi-breakpoints.csv"


def published(edition: Edition) -> dict[Factor, tuple[int, ...]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["standard"] == edition.code]
    columns = [f"iaqi_{point}" for point in INDEX_POINTS]
    return {
        Factor(Pollutant(row["pollutant"]), Averaging(row["averaging"])): tuple(
            int(row[column]) for column in columns if row[column]
        )
        for row in rows
    }


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.code)
def test_breakpoints_are_the_published_ones(edition: Edition) -> None:
    assert edition.breakpoints == published(edition)


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2008, 8, 8), HJ_633_2012),
        (date(2020, 3, 26), HJ_633_2012),
        (date(2026, 2, 28), HJ_633_2012),
        (date(2026, 3, 1), HJ_633_2026),
        (date(2030, 1, 1), HJ_633_2026),
    ],
)
def test_edition_follows_the_day_of_the_data(day: date, edition: Edition) -> None:
    assert edition_on(day) is edition


def test_published_practice_is_an_edition_of_its_own_name() -> None:
    assert edition_on(date(2020, 3, 26), editions=PUBLISHED_EDITIONS) is HJ_633_2012_PUBLISHED
    assert edition_on(date(2026, 3, 1), editions=PUBLISHED_EDITIONS) is HJ_633_2026
    assert len({edition.code for edition in (*EDITIONS, *PUBLISHED_EDITIONS)}) == 3


@pytest.mark.parametrize(
    ("edition", "particulates"),
    [(HJ_633_2012, Averaging.DAY), (HJ_633_2012_PUBLISHED, Averaging.HOUR), (HJ_633_2026, Averaging.HOUR)],
)
def test_realtime_report_takes_the_edition_s_particulates(edition: Edition, particulates: Averaging) -> None:
    assert edition.factors(ReportKind.REALTIME) == (
        Factor(Pollutant.SO2, Averaging.HOUR),
        Factor(Pollutant.NO2, Averaging.HOUR),
        Factor(Pollutant.CO, Averaging.HOUR),
        Factor(Pollutant.O3, Averaging.HOUR),
        Factor(Pollutant.PM10, particulates),
        Factor(Pollutant.PM2_5, particulates),
    )


@pytest.mark.parametrize("edition", [*EDITIONS, HJ_633_2012_PUBLISHED], ids=lambda edition: edition.code)
def test_daily_report_takes_day_means_and_the_highest_ozone(edition: Edition) -> None:
    assert [factor.averaging for factor in edition.factors(ReportKind.DAILY)] == [
        "24h",
        "24h",
        "24h",
        "8h",
        "24h",
        "24h",
    ]
    for kind in ReportKind:
        assert set(edition.factors(kind)) <= set(edition.breakpoints)


def test_carbon_monoxide_alone_is_measured_in_milligrams() -> None:
    for pollutant in Pollutant:
        expected = MILLIGRAM_PER_CUBIC_METRE if pollutant is Pollutant.CO else MICROGRAM_PER_CUBIC_METRE
        assert pollutant.unit is expected


def test_pollutants_have_their_official_names() -> None:
    assert Pollutant.PM2_5.label == "细颗粒物（PM2.5）"
    assert len({pollutant.label for pollutant in Pollutant}) == 6
