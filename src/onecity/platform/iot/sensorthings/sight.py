"""Which rows an actor may see, as SQL over any entity set."""

from dataclasses import dataclass

from onecity.platform.identity.api import RowScope, scope_sql
from onecity.platform.iot.sensorthings.entities import EntitySet
from onecity.platform.iot.sensorthings.sql import Parameters


@dataclass(slots=True)
class Sight:
    """An actor's rows within one statement; its three parameters are taken when they are first needed."""

    scope: RowScope
    parameters: Parameters
    _first: int = 0

    def of(self, entities: EntitySet, alias: str) -> str:
        """Return the condition under which rows `alias` may be seen.

        What belongs to the whole city (sensors and properties of its device types) is seen with a datastream of one's
        own that uses it.
        """
        if self.scope.everything:
            return "TRUE"
        own = self._sql(entities.scope.format(a=alias))
        if not entities.city_wide:
            return own
        through = entities.city_wide.format(a=alias, scope=self._sql("v"))
        return f"({own} OR ({alias}.organisation_id IS NULL AND {through}))"

    def _sql(self, alias: str) -> str:
        if not self._first:
            self._first = len(self.parameters.values) + 1
            self.parameters.values += self.scope.parameters()
        return scope_sql(first=self._first, organisation=f"{alias}.organisation_id", division=f"{alias}.division_code")
