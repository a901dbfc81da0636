"""A few rows of a dataset for the page, masked as its fields say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from onecity.kernel import masking
from onecity.platform.exchange.contracts.catalogue import FieldText, RowQuery
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.selectors.catalogue.queries import QueryTooSlow, query_rows

SAMPLE_ROWS: Final = 5
_HIDDEN: Final = "***"
MASKED: Final[Mapping[str, Callable[[str], str]]] = {
    "masked_address": masking.masked_address,
    "masked_bank_card": masking.masked_bank_card,
    "masked_email": masking.masked_email,
    "masked_identity_number": masking.masked_identity_number,
    "masked_mobile": masking.masked_mobile,
    "masked_name": masking.masked_name,
    "masked_plate": masking.masked_plate,
}


def sample(code: str, *, fields: Sequence[FieldText]) -> list[tuple[object, ...]]:
    """Return some rows of a declared dataset in the order of its fields; none of one that cannot be queried.

    Sensitive values are masked as their field says, or hidden where it says nothing.
    """
    declared = declared_datasets().get(code)
    if declared is None or not declared.rows or not fields:
        return []
    try:
        page = query_rows(code, fields=fields, query=RowQuery(size=SAMPLE_ROWS))
    except QueryTooSlow:
        return []
    return [tuple(shown(field, value) for field, value in zip(fields, row, strict=True)) for row in page.rows]


def shown(field: FieldText, value: object) -> object:
    """Return a value as staff may see it without a right to the data themselves."""
    if value is None:
        return None
    if field.mask:
        return MASKED[field.mask](str(value))
    return _HIDDEN if field.sensitivity in {"sensitive", "highly_sensitive"} else value
