"""What an adult's authorisation covers, and which departments may be asked about whom on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from onecity.domains.welfare.rules.codes import Department
from onecity.domains.welfare.rules.household import Member, adults


@dataclass(frozen=True, slots=True)
class Consent:
    """One signed authorisation. valid_to: its last day. withdrawn: from when on it is void, None while it stands."""

    code: str
    member: str
    departments: frozenset[Department]
    valid_from: date
    valid_to: date
    withdrawn: bool = False

    def covers(self, department: Department, *, on: date) -> bool:
        """Say whether the department may be asked on the day."""
        return not self.withdrawn and self.valid_from <= on <= self.valid_to and department in self.departments


def covering(consents: Iterable[Consent], *, member: str, department: Department, on: date) -> Consent | None:
    """Return the authorisation under which a department may be asked about a member; None where there is none."""
    fitting = [item for item in consents if item.member == member and item.covers(department, on=on)]
    return max(fitting, key=lambda item: (item.valid_to, item.code), default=None)


def signers(members: Sequence[Member], *, on: date) -> Mapping[str, str]:
    """Return who signs for each member: adults for themselves, minors are signed for by the applicant.

    Source: 社会救助暂行办法, 2014, article 58: consent of applicant and family; that every adult signs: house rule.
    """
    grown = {item.key for item in adults(members, on=on)}
    first = members[0].key if members else ""
    return {item.key: item.key if item.key in grown else first for item in members}


def unsigned(members: Sequence[Member], consents: Sequence[Consent], *, on: date) -> tuple[str, ...]:
    """Return the adults without any authorisation in force."""
    return tuple(
        item.key
        for item in adults(members, on=on)
        if not any(one.member == item.key and one.covers(part, on=on) for one in consents for part in one.departments)
    )
