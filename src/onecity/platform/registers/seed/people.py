"""Made-up people by the block: households with their members, ages, names, numbers and addresses.

A block is made from its number alone, so that blocks can be made side by side and again; numbers of different blocks
never meet, because each block has order codes of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.registers.seed.names import NameBook

BLOCK: Final = 50_000
"""People in a block."""
MOST_BLOCKS: Final = 500
_ORDERS: Final = 500  # order codes of one sex on one day in one division
_SIZES: Final = ((1, 2, 3, 4, 5, 6), (0.26, 0.30, 0.22, 0.12, 0.07, 0.03))
_PARTNER, _CHILD, _SECOND, _PARENT, _GRANDCHILD = range(1, 6)
_ELSEWHERE: Final = 0.15
_AWAY: Final = 0.12
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECKS: Final = np.array(list("10X98765432"))
_PROVINCES: Final = (
    "110105", "120103", "130102", "140105", "150102", "210102", "211002", "230102", "320102", "370102", "410102",
    "510104",
)  # fmt: skip
_ROADS: Final = (
    "人民大街", "解放大路", "建设街", "和平路", "新华路", "友谊街", "光明路", "文化街", "振兴路", "青年路", "繁荣街",
    "体育街",
)  # fmt: skip
_HOMES: Final = 960  # in one estate: 8 buildings of 4 stairs, 15 floors, 2 homes
_ETHNICITIES: Final = (("01", "11", "10", "03", "02"), (0.92, 0.035, 0.03, 0.01, 0.005))
_EDUCATION: Final = ("80", "70", "60", "40", "30", "20", "10")
_TODAY: Final = date(2026, 1, 1)


@dataclass(frozen=True)
class Ground:
    """Where people live. communities: codes of 12 digits; divisions of 6 that numbers of the city begin with."""

    communities: NDArray[np.str_]

    @property
    def counties(self) -> NDArray[np.str_]:
        """The divisions of 6 digits."""
        return np.unique(self.communities.astype("U6"))


@dataclass(frozen=True)
class People:
    """A block. household: number of each person's household within the block; home: place of the registered address,
    living: of the actual one, -1 where it is the same. addresses: (division, text); one for each household."""

    names: NDArray[np.str_]
    male: NDArray[np.bool_]
    births: NDArray[np.datetime64]
    numbers: Sequence[str]
    phones: Sequence[str]
    ethnicities: NDArray[np.str_]
    education: NDArray[np.str_]
    marital: NDArray[np.str_]
    household: NDArray[np.int64]
    relations: NDArray[np.str_]
    living: NDArray[np.int64]
    addresses: Sequence[tuple[str, str]]


def make_people(block: int, *, count: int, blocks: int, book: NameBook, ground: Ground, seed: int = 0) -> People:
    """Make the block with this number, out of `blocks`; count: how many people, at most `BLOCK`."""
    random = np.random.default_rng((seed, block))
    household, place, sizes = _households(random, count)
    head_age = np.clip(random.gamma(9, 5.6, len(sizes)), 20, 95).astype(np.int64)
    role = _roles(random, place, sizes[household], head_age[household])
    male = _sexes(random, household, role, len(sizes))
    ages = _ages(random, role, head_age[household])
    births = np.datetime64(_TODAY) - (ages * 365.2425).astype("int64") - random.integers(0, 365, count)
    years = births.astype("datetime64[Y]").astype(np.int64) + 1970
    own = book.draw_surnames(random, count)
    shares_head = np.isin(role, (0, _CHILD, _SECOND, _GRANDCHILD)) | ((role == _PARENT) & male)
    heads = np.flatnonzero(place == 0)
    surnames = np.where(shares_head, own[heads][household], own)
    home = np.arange(len(sizes))
    return People(
        names=np.char.add(surnames, book.draw_given(random, male, years)),
        male=male,
        births=births,
        numbers=_numbers(random, births, male, ground=ground, block=block, blocks=blocks),
        phones=_phones(random, ages),
        ethnicities=random.choice(_ETHNICITIES[0], len(sizes), p=_ETHNICITIES[1])[household],
        education=_education(random, ages),
        marital=_marital(role, place, sizes[household], ages),
        household=household,
        relations=_relations(role, male),
        living=_living(random, household, home),
        addresses=_addresses(block, len(sizes), ground),
    )


def _households(random: np.random.Generator, count: int) -> tuple[NDArray[np.int64], ...]:
    """Return each person's household, the place in it, and the households' sizes."""
    sizes = random.choice(_SIZES[0], count, p=_SIZES[1])
    ends = np.cumsum(sizes)
    sizes = sizes[: int(np.searchsorted(ends, count)) + 1].copy()
    sizes[-1] -= int(sizes.sum()) - count
    household = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return household, place, sizes


def _roles(
    random: np.random.Generator, place: NDArray[np.int64], size: NDArray[np.int64], head_age: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return who each is to the head: partner, child, second child or parent, parent, grandchild."""
    alone_with_child = (random.random(len(place)) < 0.12) & (size == 2)
    role = place.copy()
    role[(place == 1) & alone_with_child] = _CHILD
    old = head_age >= 55
    role[(place == 3) & ~old & (random.random(len(place)) < 0.5)] = _PARENT
    role[(place == 3) & old] = _GRANDCHILD
    role[place >= 4] = np.where(old[place >= 4], _GRANDCHILD, _PARENT)
    return role


def _sexes(
    random: np.random.Generator, household: NDArray[np.int64], role: NDArray[np.int64], households: int
) -> NDArray[np.bool_]:
    head = random.random(households) < 0.68
    male: NDArray[np.bool_] = random.random(len(role)) < 0.51
    return np.where(role == 0, head[household], np.where(role == _PARTNER, ~head[household], male))


def _ages(random: np.random.Generator, role: NDArray[np.int64], head: NDArray[np.int64]) -> NDArray[np.int64]:
    count = len(role)
    between = random.integers(22, 36, count)
    ages = np.where(role == _PARTNER, head + random.integers(-4, 5, count), head)
    ages = np.where((role == _CHILD) | (role == _SECOND), head - between, ages)
    ages = np.where(role == _PARENT, head + between, ages)
    ages = np.where(role == _GRANDCHILD, head - between - 26, ages)
    return np.clip(ages, np.where(role == _PARTNER, 20, 0), 104)


def _numbers(
    random: np.random.Generator,
    births: NDArray[np.datetime64],
    male: NDArray[np.bool_],
    *,
    ground: Ground,
    block: int,
    blocks: int,
) -> list[str]:
    """Return identity numbers with right check characters; no two alike in any block."""
    count, slots = len(births), _ORDERS // blocks
    areas = np.concatenate([ground.counties, np.array(_PROVINCES)])
    local = random.integers(0, len(ground.counties), count)
    other = random.integers(len(ground.counties), len(areas), count)
    area = np.where(random.random(count) < _ELSEWHERE, other, local)
    days = births.astype("datetime64[D]").astype(np.int64)
    rank = _ranks(area, days, male)
    while (rank >= slots).any():  # a full day: the number was given in another division
        area = np.where(rank >= slots, (area + 1) % len(areas), area)
        rank = _ranks(area, days, male)
    order = (block + rank * blocks) * 2 + male
    dates = np.char.replace(births.astype("datetime64[D]").astype("U10"), "-", "")
    first = np.char.add(np.char.add(areas[area], dates), np.char.zfill(order.astype("U3"), 3))
    digits = first.astype("U17").view(np.uint32).reshape(-1, 17).astype(np.int64) - ord("0")
    numbers: list[str] = np.char.add(first, _CHECKS[(digits * _WEIGHTS).sum(axis=1) % 11]).tolist()
    return numbers


def _ranks(area: NDArray[np.int64], days: NDArray[np.int64], male: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many of the same division, day and sex stand before each."""
    key = (area * 1_000_000 + (days + 100_000)) * 2 + male
    order = np.argsort(key, kind="stable")
    begins = np.flatnonzero(np.append(True, key[order][1:] != key[order][:-1]))
    rank = np.empty(len(key), np.int64)
    rank[order] = np.arange(len(key)) - np.repeat(begins, np.diff(np.append(begins, len(key))))
    return rank


def _phones(random: np.random.Generator, ages: NDArray[np.int64]) -> list[str]:
    prefixes = np.array(["130", "135", "138", "139", "150", "158", "177", "186", "188"])
    numbers = np.char.add(
        random.choice(prefixes, len(ages)), np.char.zfill(random.integers(0, 10**8, len(ages)).astype("U8"), 8)
    )
    has = (ages >= 12) & (ages < 85) & (random.random(len(ages)) < 0.9)
    phones: list[str] = np.where(has, numbers, "").tolist()
    return phones


def _education(random: np.random.Generator, ages: NDArray[np.int64]) -> NDArray[np.str_]:
    drawn = random.choice(_EDUCATION, len(ages), p=(0.22, 0.36, 0.13, 0.07, 0.11, 0.10, 0.01))
    return np.where(ages < 6, "", np.where(ages < 15, "80", np.where(ages < 18, "70", drawn)))


def _marital(
    role: NDArray[np.int64], place: NDArray[np.int64], size: NDArray[np.int64], ages: NDArray[np.int64]
) -> NDArray[np.str_]:
    paired = (role == _PARTNER) | ((place == 0) & (size >= 3)) | ((role == _PARENT) & (ages < 70))
    alone = np.where(ages >= 70, "30", np.where(ages >= 35, "40", "10"))
    return np.where(paired & (ages >= 20), "20", alone)


def _relations(role: NDArray[np.int64], male: NDArray[np.bool_]) -> NDArray[np.str_]:
    men = np.array(["02", "11", "20", "20", "51", "41"])
    women = np.array(["02", "12", "30", "30", "52", "42"])
    return np.where(male, men[role], women[role])


def _living(random: np.random.Generator, household: NDArray[np.int64], home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return at whose address those live who live elsewhere; whole households move together."""
    away = random.random(len(home)) < _AWAY
    where = np.where(away, random.permutation(home), -1)
    return np.where(where == home, -1, where)[household]


def _addresses(block: int, count: int, ground: Ground) -> list[tuple[str, str]]:
    found = []
    for number in range(count):
        estate, home = divmod(number, _HOMES)
        estate += block * (BLOCK // _HOMES + 1)
        road, house = _ROADS[estate % len(_ROADS)], estate // len(_ROADS) + 1
        building, rest = divmod(home, 120)
        stairs, rest = divmod(rest, 30)
        room = f"{rest // 2 + 1}{rest % 2 + 1:02}"
        community = str(ground.communities[estate * 7 % len(ground.communities)])
        found.append((community, f"{road}{house}号{building + 1}栋{stairs + 1}单元{room}室"))
    return found
