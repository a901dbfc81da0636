"""Names for made-up people: from public frequency tables where they are at hand, else from short lists."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FOLDER: Final = "names/chinese_names_nc"
ERAS: Final = (1960, 1970, 1980, 1990, 2000)
"""First years of the eras after the first one; names go with fashions."""
_COUNTS: Final = ("n.1930_1959", "n.1960_1969", "n.1970_1979", "n.1980_1989", "n.1990_1999", "n.2000_2008")
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_MALE: Final = "伟强磊军洋勇杰涛明超刚平辉健波斌飞鹏宇浩轩泽子博文俊嘉一国建志海林东峰龙德永"
_FEMALE: Final = "芳娜敏静丽艳娟霞秀英玲燕红梅雪琳慧婷欣怡雨涵梓诗琪佳子一美华兰桂凤淑玉珍春云"
_TWO_CHARACTERS: Final = 0.85


@dataclass(frozen=True)
class NameBook:
    """Characters and names with the share that each has. given: (sex 0 female 1 male, era) → shares of `characters`."""

    surnames: NDArray[np.str_]
    surname_shares: NDArray[np.float64]
    characters: NDArray[np.str_]
    given: dict[tuple[int, int], NDArray[np.float64]]

    def draw_surnames(self, random: np.random.Generator, count: int) -> NDArray[np.str_]:
        """Draw surnames as often as they occur."""
        return random.choice(self.surnames, count, p=self.surname_shares)

    def draw_given(
        self, random: np.random.Generator, male: NDArray[np.bool_], years: NDArray[np.int64]
    ) -> NDArray[np.str_]:
        """Draw a given name of one or two characters for each, as the sex and the year of birth would have it."""
        eras = np.searchsorted(ERAS, years, side="right")
        names = np.empty(len(male), "U2")
        for (sex, era), shares in self.given.items():
            chosen = np.flatnonzero((male == bool(sex)) & (eras == era))
            first = random.choice(self.characters, len(chosen), p=shares)
            second = random.choice(self.characters, len(chosen), p=shares)
            single = random.random(len(chosen)) >= _TWO_CHARACTERS
            names[chosen] = np.char.add(first, np.where(single, "", second))
        return names


def name_book(data: Path | None) -> NameBook:
    """Return the names; data: the folder with real tables, None or without them: short lists."""
    folder = data / FOLDER if data else None
    if folder is None or not (folder / "givenname.csv").is_file():
        return _short_book()
    surnames = _rows(folder / "familyname.csv")
    given = _rows(folder / "givenname.csv")
    male = np.array([int(row["n.male"]) / (int(row["n.male"]) + int(row["n.female"]) + 1) for row in given])
    shares = {}
    for era, column in enumerate(_COUNTS):
        counts = np.array([float(row[column] or 0) for row in given])
        shares[1, era] = _shares(counts * male)
        shares[0, era] = _shares(counts * (1 - male))
    return NameBook(
        np.array([row["surname"] for row in surnames]),
        _shares(np.array([float(row["n.1930_2008"]) for row in surnames])),
        np.array([row["character"] for row in given]),
        shares,
    )


def _short_book() -> NameBook:
    characters = sorted(set(_MALE) | set(_FEMALE))
    of_sex = {
        sex: _shares(np.array([10.0 if item in usual else 0.1 for item in characters]))
        for sex, usual in ((1, _MALE), (0, _FEMALE))
    }
    falling = _shares(1 / np.arange(3, len(_SURNAMES) + 3))
    given = {(sex, era): of_sex[sex] for sex in (0, 1) for era in range(len(ERAS) + 1)}
    return NameBook(np.array(list(_SURNAMES)), falling, np.array(characters), given)


def _rows(path: Path) -> Sequence[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(counts / counts.sum(), np.float64)
