"""The published rules, compiled so that a whole batch is held against them at once."""

import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.declare import Limits
from onecity.platform.iot.models import AlarmRule
from onecity.platform.iot.rules.compiled import Compiled
from onecity.platform.iot.services.store.known import Kind

REREAD_S: Final = 1.0


def compiled(rule: AlarmRule) -> Compiled:
    """Return a rule's version as the judges use it."""
    limits = Limits(
        upper=rule.upper,
        lower=rule.lower,
        clear_upper=rule.clear_upper,
        clear_lower=rule.clear_lower,
        hold_s=rule.hold_s,
        hold_count=rule.hold_count,
        clear_s=rule.clear_s,
        gap_s=rule.gap_s,
        silent_s=rule.silent_s,
    )
    return Compiled(rule.id, rule.code, rule.kind, limits, rule.severity, rule.text)


class RuleBook:
    """Rules by what they apply to, read again every second, and the tightest limits by number of kind."""

    def __init__(self) -> None:
        self._by_kind: dict[Kind, list[Compiled]] = {}
        self._read_at = -REREAD_S
        self._compiled_kinds = 0
        self._ruled = np.zeros(0, np.bool_)
        self._upper = np.zeros(0, np.float64)
        self._lower = np.zeros(0, np.float64)

    def refresh(self, kinds: list[Kind]) -> None:
        """Read the rules again if it is time, and compile them for `kinds`."""
        if time.monotonic() - self._read_at >= REREAD_S:
            self._read_at = time.monotonic()
            self._read()
        if self._compiled_kinds != len(kinds):
            self._compile(kinds)

    def rules(self, kind: Kind) -> list[Compiled]:
        """Return the rules for datastreams of one kind."""
        return self._by_kind.get(kind, [])

    @property
    def empty(self) -> bool:
        """Say whether there is no rule at all for the kinds seen."""
        return not self._ruled.any()

    def ruled(self, kind: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Say for numbers of kinds whether any rule applies."""
        return self._ruled[kind]

    def beyond(self, kind: NDArray[np.int32], value: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say for readings whether they lie beyond the tightest limit of any rule."""
        return (value > self._upper[kind]) | (value < self._lower[kind])

    def _read(self) -> None:
        self._by_kind = {}
        self._compiled_kinds = -1
        for rule in AlarmRule.objects.filter(state=AlarmRule.State.PUBLISHED).order_by("code"):
            kind = Kind(rule.device_type, rule.property_code, rule.period, rule.sub_value)
            self._by_kind.setdefault(kind, []).append(compiled(rule))

    def _compile(self, kinds: list[Kind]) -> None:
        self._compiled_kinds = len(kinds)
        limits = [[rule.limits for rule in self.rules(kind)] for kind in kinds]
        self._ruled = np.array([bool(items) for items in limits], np.bool_)
        self._upper = np.array(
            [min((item.upper for item in items if item.upper is not None), default=np.inf) for items in limits]
        )
        self._lower = np.array(
            [max((item.lower for item in items if item.lower is not None), default=-np.inf) for items in limits]
        )
