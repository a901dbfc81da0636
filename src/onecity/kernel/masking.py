"""How personal data is shown: masked by default, in the service layer, so that no page has to remember it.

A text that does not have the expected shape is hidden more, never less. Unmasked views go through identity, which
records who looked and why.

Source for all: house rule; no binding national display rule is known, the shapes are what most public systems show.
"""

import re

_STAR = "*"
_LEAST_HIDDEN = 3
_ROADS = re.compile(r".*(?:大道|大街|大路|胡同|街道|路|街|巷|弄|道|镇|乡|村)")
_DIVISIONS = re.compile(r".*(?:省|自治区|市|区|县|旗|盟|州)")
# Where house numbers begin: any Western digit or letter, or a Chinese numeral that counts houses, floors or rooms.
_NUMBERED = re.compile(
    r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ#＃]|[〇零一二三四五六七八九十百]+(?:号|栋|幢|座|楼|层|单元|室|户|门|院|组)"
)


def masked_mobile(number: str) -> str:
    """Show the first three and last four digits: 138****8000."""
    return _ends(number, first=3, last=4)


def masked_identity_number(number: str) -> str:
    """Show the first six and last four characters, for staff: 110105********002X."""
    return _ends(number, first=6, last=4)


def published_identity_number(number: str) -> str:
    """Show the first and the last character, for public lists: 1****************X."""
    return _ends(number, first=1, last=1)


def masked_name(name: str) -> str:
    """Show the first character, usually the surname, for staff: 张*, 张**; how long the rest is stays hidden."""
    return name[0] + _STAR * min(len(name) - 1, 2) if len(name) > 1 else _STAR * len(name)


def published_name(name: str) -> str:
    """Hide the first character, usually the surname, for receipts that others may see: *三, *三三."""
    return _STAR + name[1:] if len(name) > 1 else _STAR * len(name)


def masked_bank_card(number: str) -> str:
    """Show the last four digits; blanks between the groups vanish."""
    return _ends(number.replace(" ", ""), first=0, last=4)


def masked_address(address: str) -> str:
    """Show an address down to its street or road, else to its district; house, building and room are hidden.

    Example: 长春市朝阳区人民大街****.
    """
    if not address:
        return ""
    number = _NUMBERED.search(address)
    open_part = address[: number.start()] if number else address
    shown = _ROADS.match(open_part) or _DIVISIONS.match(open_part)
    return (shown.group() if shown else "") + _STAR * 4


def masked_email(email: str) -> str:
    """Show the first character and the domain: z***@example.cn."""
    local, at, domain = email.rpartition("@")
    if not local:
        return _STAR * len(email)
    return f"{local[0] if len(local) > 1 else ''}{_STAR * 3}{at}{domain}"


def masked_plate(number: str) -> str:
    """Show the first two and last two characters: 京A***45."""
    return _ends(number, first=2, last=2)


def _ends(text: str, *, first: int, last: int) -> str:
    hidden = len(text) - first - last
    if hidden < _LEAST_HIDDEN:
        return _STAR * len(text)
    return text[:first] + _STAR * hidden + text[len(text) - last :]
