"""What is wrong with a draft of a case type: where, and what, in a sentence that its author understands."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. element: id in the diagram, or a path in the settings. sentence: with {places}."""

    element: str
    sentence: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, template: str | None = None) -> str:
        """Return the sentence with its places filled; `template` is a translated one."""
        return (template or self.sentence).format_map(self.params) if self.params else template or self.sentence
