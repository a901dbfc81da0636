"""Made-up enterprises, figures and places: right in every check, marked as made up, entered once."""

import pytest

from onecity.kernel.identifiers.credit_code import is_valid_credit_code
from onecity.platform.geo.tests.factories import COMMUNITY, make_cell, make_division, make_tree, patch
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.registers.api import seed_economy, seed_entities, seed_places
from onecity.platform.registers.models import (
    Building,
    EconomicSeries,
    EconomicTable,
    EntityLicence,
    LegalEntity,
    NaturalResource,
    Room,
    Shareholding,
)
from onecity.platform.registers.seed.economy import yearly_figures
from onecity.platform.registers.selectors.economy_measures import findings
from onecity.platform.registers.tests.entity_factories import ACTOR
from onecity.platform.registers.tests.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    make_tree(community=patch(wide=3, high=3))
    make_cell(geometry=patch())
    make_division("220102", "南关区")


def test_enterprises_are_valid_tied_and_marked() -> None:
    owner = make_organisation("市场监管局").id
    assert seed_entities(ACTOR, organisation_id=owner, count=40, now=NOON) == 40
    assert all(is_valid_credit_code(code) for code in LegalEntity.objects.values_list("uscc", flat=True))
    assert not LegalEntity.objects.filter(is_made_up=False).exists()
    assert LegalEntity.objects.filter(division_code=COMMUNITY, location__isnull=False).count() == 40
    assert Shareholding.objects.filter(holder_kind="entity").exists()
    assert EntityLicence.objects.exists()
    assert seed_entities(ACTOR, organisation_id=owner, count=40, now=NOON) == 40
    assert LegalEntity.objects.count() == 40


def test_figures_add_up_and_are_marked() -> None:
    owner = make_organisation("统计局").id
    made = seed_economy(ACTOR, organisation_id=owner, now=NOON)
    assert (made, EconomicSeries.objects.filter(is_made_up=True).count()) == (10, 10)
    assert EconomicTable.objects.filter(title__contains="示意数据", is_made_up=True).count() == 3
    for code in EconomicSeries.objects.values_list("code", flat=True):
        assert findings(ACTOR, series=code, division_code="220100") == [], code
    assert seed_economy(ACTOR, organisation_id=owner, now=NOON) == 10


def test_parts_of_a_year_are_its_whole() -> None:
    for year in range(2016, 2026):
        figures = yearly_figures(year, last=2025)
        assert sum(figures[f"gdp.{part}"] for part in ("primary", "secondary", "tertiary")) == figures["gdp"]


def test_places_are_located_and_have_units() -> None:
    owner = make_organisation("住建局").id
    assert seed_places(ACTOR, organisation_id=owner, now=NOON) == 2
    assert not Building.objects.filter(is_made_up=False).exists()
    assert NaturalResource.objects.count() == 1
    assert Room.objects.exists() == Building.objects.filter(use="residential").exists()
    assert seed_places(ACTOR, organisation_id=owner, now=NOON) == 2
