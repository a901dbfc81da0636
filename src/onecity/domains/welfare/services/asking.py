"""The way to the departments: the exchange's query interface, under grants, with a receipt for each person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from onecity.domains.welfare.contracts import Ask, Told
from onecity.kernel.actor import Actor
from onecity.platform.exchange.api import query_subjects
from onecity.platform.exchange.contracts.sharing import Question


def exchange_asker(
    actor: Actor, *, grant_code: str, questions: Sequence[Ask], reason: str, now: datetime
) -> Mapping[str, Told]:
    """Ask through the exchange; see `contracts.Asker`. Raises: what `exchange.api.query_subjects` raises."""
    answers = query_subjects(
        actor,
        grant_code=grant_code,
        questions=[Question(item.identifier, item.consent) for item in questions],
        reason=reason,
        now=now,
    )
    return {number: Told(answer.rows, str(answer.receipt_id)) for number, answer in answers.items()}
