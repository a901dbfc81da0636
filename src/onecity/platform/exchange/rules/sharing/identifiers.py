"""Whom a query names, and how the name is shown."""

from onecity.kernel.identifiers.citizen_id import parse_citizen_id
from onecity.kernel.identifiers.credit_code import parse_credit_code
from onecity.kernel.masking import masked_identity_number

CITIZEN = "citizen_id"
ENTERPRISE = "uscc"


def subject_of(text: str, *, kind: str) -> str:
    """Return an identifier in its standard form.

    kind: citizen_id or uscc.
    Raises: InvalidIdentifier; ValueError for a dataset that is not asked by subject.
    Source: GB 11643-1999; GB 32100-2015.
    """
    if kind == CITIZEN:
        return parse_citizen_id(text).number
    if kind == ENTERPRISE:
        return parse_credit_code(text).value
    raise ValueError(kind)


def shown_subject(identifier: str, *, kind: str) -> str:
    """Return an identifier as lists show it: a person's masked, an enterprise's whole, for it is public."""
    return masked_identity_number(identifier) if kind == CITIZEN else identifier
