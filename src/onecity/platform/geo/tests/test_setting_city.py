"""The city that an installation runs."""

from dataclasses import replace

import pytest

from onecity.platform.geo.contracts import CityRow
from onecity.platform.geo.selectors.city import city
from onecity.platform.geo.services.city import set_city
from onecity.platform.geo.tests.factories import ACTOR, make_city, patch
from onecity.platform.identity.tests.factories import audited

pytestmark = pytest.mark.django_db
ROW = CityRow("test", "试验市", "220100", 125.32, 43.88, 12.0, patch(), "来源", is_synthetic=True)


def test_city_is_replaced_by_a_later_one() -> None:
    make_city()
    set_city(ACTOR, row=replace(ROW, name="新市", longitude=119.97, latitude=31.78, division_code="320400"))
    found = city()
    assert found is not None
    assert (found.name, found.division_code, found.plane_epsg) == ("新市", "320400", 4549)


def test_same_city_again_leaves_no_trace() -> None:
    set_city(ACTOR, row=ROW)
    set_city(ACTOR, row=ROW)
    assert len(audited("geo.city:1")) == 1
    set_city(ACTOR, row=replace(ROW, zoom=13.0))
    assert len(audited("geo.city:1")) == 2
