"""What the operations on persons take and give."""

from datetime import date, datetime

from ninja import Field, Schema

from onecity.platform.registers.contracts.persons import HouseholdFacts, PersonFacts, Place


class PlaceIn(Schema):
    """A place: division code of 6 to 12 digits, and the address as written."""

    division_code: str
    address: str = ""

    def place(self) -> Place:
        """Return the contract."""
        return Place(self.division_code, self.address)


class NewPersonIn(Schema):
    """A person to be entered; birth date and sex follow from the identity number where it is given."""

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
    place: PlaceIn | None = None
    living: PlaceIn | None = None


class EnteredOut(Schema):
    """The register's number of what was entered."""

    id: int


class ChangeIn(Schema):
    """New values by field. since: from when they are true; without it what stood was wrong."""

    values: dict[str, str]
    source: str
    since: date | None = None
    observed_at: datetime | None = None
    revision: int | None = None
    note: str = ""


class ChangedOut(Schema):
    """What became of each field: same, taken, kept, stale or contested."""

    verdicts: dict[str, str]
    revision: int
    waiting: int


class EventIn(Schema):
    """Something that happened in a life."""

    kind: str
    happened_date: date
    source: str
    partner_id: int | None = None
    household_id: int | None = None
    relation_code: str = ""
    values: dict[str, str] = {}
    place: PlaceIn | None = None
    permit_number: str = ""
    permit_until: date | None = None
    note: str = ""


class IdentifierIn(Schema):
    """An identity number or a certificate's number; never part of an address."""

    identifier: str = Field(min_length=1, max_length=40)


class ExistsOut(Schema):
    """Whether the register knows somebody by it."""

    exists: bool


class LookIn(Schema):
    """What to show in clear: citizen_id, phone, permit or certificate:<id>."""

    field: str


class LookOut(Schema):
    """The value in clear."""

    value: str


class PersonOut(Schema):
    """A person; identifiers masked, codes as in GB/T 2261, 3304, 4658, 4761."""

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
    valid_from: date
    known_from: datetime
    revision: int

    @classmethod
    def of(cls, facts: PersonFacts) -> "PersonOut":
        """Return a person as it is sent."""
        return cls(**{name: getattr(facts, name) for name in cls.model_fields})


class PersonsOut(Schema):
    """A page of persons by number. next: what to pass as `after`; null on the last page."""

    items: list[PersonOut]
    next: int | None


class OriginOut(Schema):
    """A value's origin."""

    source: str
    observed_at: datetime


class PersonFileOut(PersonOut):
    """A person with the origin of each value."""

    origins: dict[str, OriginOut]


class HouseholdOut(Schema):
    """A household with its members, the head first."""

    id: int
    number: str
    kind: str
    head_id: int | None
    division_code: str
    address: str
    opened_date: date | None
    closed_date: date | None
    members: list[PersonOut]

    @classmethod
    def of(cls, facts: HouseholdFacts) -> "HouseholdOut":
        """Return a household as it is sent."""
        plain = {name: getattr(facts, name) for name in cls.model_fields if name != "members"}
        return cls(**plain, members=[PersonOut.of(item) for item in facts.members])


class StateOut(Schema):
    """A state of a person: the facts, when they were true, since when they are recorded."""

    facts: dict[str, str]
    valid_from: date
    valid_to: date | None
    known_from: datetime


class UseOut(Schema):
    """One use of a person's data."""

    at: datetime
    kind: str
    actor: str
    actor_name: str
    organisation: str
    fields: list[str]
    reason: str
