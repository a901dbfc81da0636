"""The made-up households that apply for aid, and what is true of them. Deterministic: the same seed, the same people.

Nobody here lives: names are surnames with the words for clouds and trees, numbers begin with the demonstration's
division and have valid check characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from random import Random
from typing import Final

from onecity.kernel.identifiers.citizen_id import check_character

_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN: Final = "云松柏杉桦榆柳枫竹溪川岚霞晴雪霜"
_ORDER: Final = 900
"""Order codes from 900 on: the population of the demonstration draws from below, so that nobody is met twice."""


class Story(StrEnum):
    """What is to be found of a household. Every one but the first is a difference or a contradiction."""

    HONEST = "honest"
    HIDDEN_CAR = "hidden_car"
    STILL_MARRIED = "still_married"
    DEAD_DRAWING = "dead_drawing"
    HIDDEN_SAVINGS = "hidden_savings"
    SECOND_FLAT = "second_flat"
    SHAREHOLDER = "shareholder"
    WORKS = "works"
    EARNS_MORE = "earns_more"
    HIDDEN_SON = "hidden_son"
    TOOL_OF_LIVING = "tool_of_living"
    RICH_SON = "rich_son"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person. relation: GB/T 4761 as `welfare.rules.codes.Relation`. declared: stands in the application."""

    name: str
    number: str
    born: date
    relation: str
    marital: str
    disability: int = 0
    declared: bool = True
    supports: bool = False


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """One household with its story. code: of the household register; wage: what the first member earns a month."""

    place: int
    code: str
    division_code: str
    story: Story
    wage: int
    people: tuple[DemoPerson, ...] = field(default=())

    @property
    def head(self) -> DemoPerson:
        """Return who applies."""
        return self.people[0]


def demo_households(division_codes: Sequence[str], *, count: int, seed: int = 7) -> Iterator[DemoHousehold]:
    """Yield households, one story after the other, spread over the divisions (nine digits each).

    count: at most 90,000, the numbers that one seed has.
    """
    if not 0 <= count <= 90_000:
        raise ValueError(count)
    stories = tuple(Story)
    for place in range(count):
        random = Random(seed * 1_000_003 + place)  # noqa: S311  # made-up people, nothing secret
        division = division_codes[place % len(division_codes)]
        story = stories[place % len(stories)]
        people = tuple(_people(random, division[:6], place, story))
        yield DemoHousehold(place, f"{division[:9]}{place:05}", division, story, random.randrange(300, 650, 10), people)


def _people(random: Random, county: str, place: int, story: Story) -> Iterator[DemoPerson]:
    surname = random.choice(_SURNAMES)
    male = random.random() < 0.5
    born = 1945 + place % 12 if story in {Story.RICH_SON, Story.DEAD_DRAWING} else 1962 + place % 20
    married = story in {Story.DEAD_DRAWING, Story.HIDDEN_SON} or (story is Story.HONEST and place % 2 == 0)
    lame = 1 if story is Story.TOOL_OF_LIVING else 0
    status = {Story.STILL_MARRIED: "40", Story.HIDDEN_CAR: "10"}.get(story, "20" if married else "10")
    yield _person(
        random,
        county,
        place,
        slot=0,
        surname=surname,
        year=born,
        male=male,
        relation="01",
        marital=status,
        disability=lame,
    )
    if married:
        partner = random.choice(_SURNAMES)
        yield _person(
            random, county, place, slot=1, surname=partner, year=born + 1, male=not male, relation="10", marital="20"
        )
    if story in {Story.HONEST, Story.WORKS, Story.EARNS_MORE}:
        yield _person(
            random,
            county,
            place,
            slot=2,
            surname=surname,
            year=2012 + place % 8,
            male=True,
            relation="20",
            marital="10",
        )
    if story in {Story.HIDDEN_SON, Story.RICH_SON}:
        yield _person(
            random, county, place, slot=2, surname=surname, year=1990, male=True, relation="20", marital="10",
            declared=story is Story.RICH_SON, supports=story is Story.RICH_SON,
        )  # fmt: skip


def _person(
    random: Random, county: str, place: int, *, slot: int, surname: str, year: int, male: bool, **facts: object
) -> DemoPerson:
    """Make one person; the number's day and order code come from the place, so that no two are alike."""
    order = _ORDER + (place // 366 % 10) * 10 + slot * 2 + male
    lap, turn = divmod(place, 366)
    born = date.fromordinal(date(year - lap // 10 % 3, 1, 1).toordinal() + turn % 365)
    first = f"{county}{born:%Y%m%d}{order:03}"
    name = surname + random.choice(_GIVEN) + (random.choice(_GIVEN) if random.random() < 0.5 else "")
    return DemoPerson(name, first + check_character(first), born, **facts)  # type: ignore[arg-type]  # named fields
