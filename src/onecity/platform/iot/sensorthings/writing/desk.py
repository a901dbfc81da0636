"""Who changes entities, what he may touch, and what he has touched so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Model, Q

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import RowScope
from onecity.platform.iot import models
from onecity.platform.iot.sensorthings.entities import SETS, EntitySet
from onecity.platform.iot.sensorthings.writing.fields import BadEntity

TABLES: Final[Mapping[str, type[Model]]] = {
    "Things": models.StaThing,
    "Locations": models.StaLocation,
    "HistoricalLocations": models.StaHistoricalLocation,
    "Datastreams": models.StaDatastream,
    "Sensors": models.StaSensor,
    "ObservedProperties": models.StaObservedProperty,
    "FeaturesOfInterest": models.StaFeature,
}


class CityOwned(NotPermitted):
    """An entity that stands for one of the city's devices; it is maintained with the device."""

    code = "iot.sensorthings_city"
    message = zh("该条目对应城市设备，由设备管理维护，不能通过接口修改")


@dataclass(slots=True)
class Desk:
    """One request's changes. scope: what the actor may change. now: city time.

    organisation_id, division_code: to which new entities belong. touched: entity sets and ids, for who listens.
    """

    actor: Actor
    scope: RowScope
    organisation_id: int
    division_code: str
    now: datetime
    touched: list[tuple[str, int]] = field(default_factory=list)

    def within(self) -> Q:
        """Return the condition for rows that the actor may change."""
        return self.scope.q()

    def owner(self) -> dict[str, object]:
        """Return the columns that say to whom a new entity belongs."""
        return {"organisation_id": self.organisation_id, "division_code": self.division_code}

    def note(self, entities: str, number: int) -> None:
        """Note that an entity was made or changed."""
        self.touched.append((entities, number))

    def row(self, entities: EntitySet, number: int) -> Model:
        """Return an entity's row, locked.

        Raises: NotFound; CityOwned.
        """
        table = TABLES[entities.name]
        found = table._default_manager.select_for_update().filter(self.within(), pk=number).first()
        if found is None:
            raise NotFound(zh("没有这个实体：{path}"), params={"path": f"{entities.name}({number})"})
        if not getattr(found, "native", True):
            raise CityOwned
        return found

    def reference(self, entities: str, value: object) -> int | None:
        """Return the id that a link `{"@iot.id": 1}` names; None if it is an entity to be made.

        Raises: BadEntity for an id that nobody has, or that the actor may not use.
        """
        if not isinstance(value, dict):
            raise BadEntity(params={"field": SETS[entities].singular})
        told = value.get("@iot.id", value.get("id"))
        if told is None:
            return None
        number = int(told) if isinstance(told, str) and told.isascii() and told.isdigit() else told
        if isinstance(number, bool) or not isinstance(number, int) or not self._usable(entities, number):
            raise BadEntity(zh("关联的实体不存在：{field}"), params={"field": f"{entities}({str(told)[:40]})"})
        return number

    def _usable(self, entities: str, number: int) -> bool:
        if abs(number) >= 2**63:
            return False
        condition = self.within()
        if entities in {"Sensors", "ObservedProperties"}:
            condition |= Q(organisation_id__isnull=True)
        return TABLES[entities]._default_manager.filter(condition, pk=number).exists()
