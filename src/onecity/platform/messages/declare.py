"""What modules declare to messages: templates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of message. title, body: Chinese sentences (message ids) with `{name}` places, filled at sending.

    Values must not be personal data: a message is read on phones and in passing.
    """

    code: str
    name: str
    title: str
    body: str
    urgent: bool = False
