"""What crosses the border of the population register. Identifiers leave it masked; clear ones only through a look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the register holds of a person now. Codes: GB/T 2261, 3304, 4658, 4761; see `rules.person_codes`.

    registered_*: household registration; division_code, address: where the person lives. valid_from: since when this
    is so; known_from: since when it is recorded.
    """

    id: int
    name: str
    sex_code: str
    birth_date: date
    ethnicity_code: str
    nationality_code: str
    education_code: str
    marital_code: str
    citizen_id_masked: str
    phone_masked: str
    status: str
    household_id: int | None
    relation_code: str
    registered_division_code: str
    registered_address: str
    division_code: str
    address: str
    organisation_id: int
    valid_from: date
    known_from: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """A household with its members, the head first."""

    id: int
    number: str
    kind: str
    head_id: int | None
    division_code: str
    address: str
    opened_date: date | None
    closed_date: date | None
    members: tuple[PersonFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is registered or lives: division (6 to 12 digits) and the address as written."""

    division_code: str
    address: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be entered. citizen_id may be empty (a newborn, a foreigner); birth date and sex then are given.

    source: code of the data source; observed_at: when it was so, None for now; valid_from: since when, None for
    the day of observed_at. place: of registration; living: where he lives when that is elsewhere.
    """

    name: str
    source: str
    citizen_id: str = ""
    sex_code: str = ""
    birth_date: date | None = None
    ethnicity_code: str = ""
    nationality_code: str = "156"
    education_code: str = ""
    marital_code: str = ""
    phone: str = ""
    household_id: int | None = None
    relation_code: str = ""
    place: Place | None = None
    living: Place | None = None
    observed_at: datetime | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """New values of fields, by the names of `rules.person_fields`, as canonical text.

    since: from when they are true; None: they always were, and what stood was wrong (更正). revision: of the person as
    the caller saw it; None does not compare.
    """

    values: Mapping[str, str]
    source: str
    since: date | None = None
    observed_at: datetime | None = None
    revision: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What became of each field: its verdict. revision: of the person afterwards; waiting: values people decide."""

    verdicts: Mapping[str, str]
    revision: int
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened in a life. Which of the rest is needed depends on the kind.

    partner_id: marriage, divorce; mother of a newborn. household_id: birth, moves. values: new name, corrected number,
    the newborn's fields. place: moves, residence. permit_*: residence permit (居住证).
    """

    kind: str
    happened_date: date
    source: str
    person_id: int | None = None
    partner_id: int | None = None
    household_id: int | None = None
    relation_code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    permit_number: str = ""
    permit_until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockKey:
    """Which block of which run brings records: the same key again changes nothing."""

    run: str
    number: int


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that was not taken. row: in the block, from 0; reasons: (code, Chinese sentence), every one."""

    row: int
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a block did. read = inserted + updated + unchanged + refused; contested: values that wait for people."""

    read: int
    inserted: int
    updated: int
    unchanged: int
    contested: int
    repeated: bool
    refused: tuple[RefusedRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value on a person's file: shown as the reader may see it, with its origin. sealed: it can be looked at."""

    name: str
    title: str
    shown: str
    source_name: str
    observed_at: datetime
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class UseInfo:
    """One use of a person's data."""

    id: int
    person_id: int
    at: datetime
    kind: str
    actor: str
    actor_name: str
    organisation_name: str
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ResidenceInfo:
    """A residence away from the registered place, or a former one."""

    kind: str
    division_code: str
    address: str
    from_date: date
    to_date: date | None
    permit_masked: str
    permit_until_date: date | None
    source_name: str


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """A certificate as lists show it."""

    id: int
    kind: str
    number_masked: str
    issuer: str
    from_date: date | None
    until_date: date | None
    state: str
    source_name: str


@dataclass(frozen=True, slots=True)
class EventInfo:
    """An event of a life. fields: names of the fields that it changed."""

    id: int
    kind: str
    happened_date: date
    recorded_at: datetime
    partner_id: int | None
    household_id: int | None
    fields: tuple[str, ...]
    note: str
    actor: str
    source_name: str


@dataclass(frozen=True, slots=True)
class StateInfo:
    """A person as it was, or as it was known: the plain facts with their time."""

    facts: Mapping[str, str]
    valid_from: date
    valid_to: date | None
    known_from: datetime
