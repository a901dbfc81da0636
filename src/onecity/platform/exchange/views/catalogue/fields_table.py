"""The table of fields on an entry's form: rows of plain inputs, numbered."""

from typing import Final

from django.http import QueryDict

from onecity.platform.exchange.contracts.catalogue import FieldText

BLANK_ROWS: Final = 3
MOST_ROWS: Final = 500


def fields_given(posted: QueryDict) -> tuple[FieldText, ...]:
    """Return the rows of the table of fields, those with a name, in order."""
    rows = []
    for number in range(min(int(posted.get("rows", "0") or 0), MOST_ROWS)):
        if posted.get(f"f{number}-name", "").strip():
            rows.append(_field(posted, f"f{number}-"))
    return tuple(rows)


def _field(posted: QueryDict, prefix: str) -> FieldText:
    def text(name: str) -> str:
        return posted.get(f"{prefix}{name}", "").strip()

    def number(name: str) -> int | None:
        return int(text(name)) if text(name).isdecimal() else None

    return FieldText(
        name=text("name"),
        title=text("title"),
        type=text("type"),
        length=number("length"),
        precision=number("precision"),
        scale=number("scale"),
        unit=text("unit"),
        is_key=text("is_key") == "1",
        nullable=text("nullable") == "1",
        code_list_code=text("code_list_code"),
        sensitivity=text("sensitivity"),
        mask=text("mask"),
        sharing_type=text("sharing_type"),
        is_open=text("is_open") == "1",
        description=text("description"),
    )
