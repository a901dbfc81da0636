"""What each level of the index means for people, and what they had better do."""

from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh


@dataclass(frozen=True, slots=True)
class Advice:
    """effect: what such air does. measures: what to do, for sensitive people and for everybody."""

    effect: str
    measures: str


ADVICE: Final = {
    1: Advice(zh("空气清新，基本没有污染。"), zh("各类人群都可以正常活动。")),
    2: Advice(
        zh("空气质量尚可，个别污染物对极少数特别敏感的人略有影响。"),
        zh("特别敏感的人宜减少户外活动，其他人可以正常活动。"),
    ),
    3: Advice(
        zh("敏感人群的症状会略有加重，健康人群可能感到不适。"),
        zh("儿童、老年人和心肺疾病患者宜减少长时间、高强度的户外锻炼。"),
    ),
    4: Advice(
        zh("敏感人群的症状进一步加重，健康人群的心脏和呼吸系统也可能受到影响。"),
        zh("儿童、老年人和心肺疾病患者应避免长时间、高强度的户外锻炼，其他人适当减少户外运动。"),
    ),
    5: Advice(
        zh("心肺疾病患者症状明显加重、运动耐力下降，健康人群普遍出现症状。"),
        zh("儿童、老年人和心肺疾病患者应留在室内、停止户外运动，其他人减少户外运动。"),
    ),
    6: Advice(
        zh("健康人群运动耐力下降、症状明显，可能提前诱发某些疾病。"),
        zh("儿童、老年人和病人应留在室内、避免消耗体力，其他人避免户外活动。"),
    ),
}
"""By number of the level, in the platform's own words. Source: HJ 633-2012, table 2 (from background)."""
