"""What a probability of being positive is called."""

from typing import Final

from onecity.kernel.text import zh

NEGATIVE_TO: Final = 0.35
POSITIVE_FROM: Final = 0.65
NAMES: Final = (
    ("positive", zh("正面")),
    ("neutral", zh("中性")),
    ("negative", zh("负面")),
)


def mood_of(score: float) -> str:
    """Return positive, neutral or negative for a probability of being positive, 0 to 1.

    What a model of two sides is not sure of counts as neutral. Source: House rule.
    """
    if score >= POSITIVE_FROM:
        return "positive"
    return "negative" if score <= NEGATIVE_TO else "neutral"
