"""Names for made-up streets and communities: ordinary words of Chinese towns, never the name of a person."""

from collections.abc import Iterator
from typing import Final

MAIN: Final = (
    "人民", "解放", "建设", "和平", "新华", "胜利", "友谊", "光明", "长江", "黄河", "迎宾", "文化", "科技", "振兴",
    "工农", "东风", "团结", "幸福", "青年", "前进", "繁荣", "站前", "体育", "民主",
)  # fmt: skip
_FIRST: Final = "永兴丰平康宁春秋云柳松桃梅兰竹锦瑞祥福金玉景华清泉雅书学德仁文明星月晨晓"
_SECOND: Final = "安和昌盛泰光阳湖山林园庆源达通远新民乐"

SUBDISTRICTS: Final = (
    "人民", "和平", "建设", "新华", "胜利", "光明", "文化", "站前", "向阳", "红星", "团结", "友谊", "振兴", "科技",
    "学府", "江畔", "湖滨", "南山", "北塔", "东苑", "西城", "新区",
)  # fmt: skip
TOWNS: Final = (
    "清河", "柳林", "双山", "石桥", "太平", "兴隆", "榆林", "白沙", "新立", "三合", "大湾", "长岭", "四平台",
    "五里", "泉眼", "桦树", "黑土", "玉皇", "金川", "河口",
)  # fmt: skip
COMMUNITIES: Final = (
    "朝霞", "锦绣", "阳光", "春晖", "怡园", "翠苑", "安居", "康乐", "书香", "桃源", "花园", "月明", "长青", "永乐",
    "吉祥", "百合", "紫荆", "枫林", "梧桐", "银河", "曙光", "汇景", "文苑", "华庭",
)  # fmt: skip
VILLAGES: Final = ("前屯", "后屯", "东沟", "西沟", "大房身", "小河沿", "腰窝堡", "靠山", "平安", "富裕", "永丰", "万宝")


def street_names(*, skip: int = 0) -> Iterator[str]:
    """Yield names for streets, without their ending, each once: first the usual ones, then pairs of words, mixed.

    skip: how many to leave out at the beginning.
    """
    yield from MAIN[skip:]
    for number in range(max(skip - len(MAIN), 0), len(_FIRST) * len(_SECOND)):
        lap, place = divmod(number, len(_FIRST))
        # 3 has no divisor in common with the number of second words, so that no pair comes twice.
        yield _FIRST[place] + _SECOND[(place * 5 + lap * 3) % len(_SECOND)]
