"""Code lists of a person's fields, as the standards publish them; Chinese names are the message ids."""

from collections.abc import Mapping
from typing import Final

from onecity.kernel.text import zh

SEX: Final[Mapping[str, str]] = {"1": zh("男"), "2": zh("女"), "0": zh("未知的性别"), "9": zh("未说明的性别")}
"""Source: GB/T 2261.1-2003."""

MARITAL: Final[Mapping[str, str]] = {
    "10": zh("未婚"),
    "20": zh("已婚"),
    "21": zh("初婚"),
    "22": zh("再婚"),
    "23": zh("复婚"),
    "30": zh("丧偶"),
    "40": zh("离婚"),
    "90": zh("未说明的婚姻状况"),
}
"""Source: GB/T 2261.2-2003."""

EDUCATION: Final[Mapping[str, str]] = {
    "10": zh("研究生教育"),
    "20": zh("大学本科教育"),
    "30": zh("大学专科教育"),
    "40": zh("中等职业教育"),
    "60": zh("普通高级中学教育"),
    "70": zh("初级中学教育"),
    "80": zh("小学教育"),
    "90": zh("其他学历"),
}
"""Source: GB/T 4658-2006, main classes."""

_ETHNICITIES: Final = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西"
    " 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安"
    " 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
ETHNICITY: Final[Mapping[str, str]] = {
    f"{number:02}": f"{name}族" for number, name in enumerate(_ETHNICITIES.split(), start=1)
} | {"97": "其他", "98": "外国血统中国籍人士"}
"""Source: GB/T 3304-1991."""

RELATION: Final[Mapping[str, str]] = {
    "01": zh("本人"),
    "02": zh("户主"),
    "10": zh("配偶"),
    "11": zh("夫"),
    "12": zh("妻"),
    "20": zh("子"),
    "21": zh("独生子"),
    "22": zh("长子"),
    "23": zh("次子"),
    "28": zh("女婿"),
    "30": zh("女儿"),
    "31": zh("独生女"),
    "32": zh("长女"),
    "33": zh("次女"),
    "38": zh("儿媳"),
    "40": zh("孙子、孙女或外孙子、外孙女"),
    "41": zh("孙子"),
    "42": zh("孙女"),
    "43": zh("外孙子"),
    "44": zh("外孙女"),
    "50": zh("父母"),
    "51": zh("父亲"),
    "52": zh("母亲"),
    "60": zh("祖父母或外祖父母"),
    "70": zh("兄弟姐妹"),
    "80": zh("其他亲属"),
    "97": zh("其他关系"),
    "99": zh("非亲属"),
}
"""Source: GB/T 4761-2008, the codes in daily use; the list itself is background knowledge."""

HEAD: Final = "02"
CHINA: Final = "156"
NATIONALITY: Final[Mapping[str, str]] = {
    "156": zh("中国"),
    "344": zh("中国香港"),
    "446": zh("中国澳门"),
    "158": zh("中国台湾"),
    "392": zh("日本"),
    "410": zh("韩国"),
    "408": zh("朝鲜"),
    "643": zh("俄罗斯"),
    "840": zh("美国"),
    "826": zh("英国"),
    "276": zh("德国"),
    "250": zh("法国"),
    "124": zh("加拿大"),
    "036": zh("澳大利亚"),
    "586": zh("巴基斯坦"),
    "356": zh("印度"),
    "704": zh("越南"),
    "764": zh("泰国"),
    "458": zh("马来西亚"),
    "702": zh("新加坡"),
    "496": zh("蒙古"),
    "398": zh("哈萨克斯坦"),
}
"""Source: GB/T 2659.1-2022, numeric codes; those that occur most. Other three-digit codes are kept as they come."""

CODE_LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "sex_code": SEX,
    "marital_code": MARITAL,
    "education_code": EDUCATION,
    "ethnicity_code": ETHNICITY,
    "relation_code": RELATION,
}


def code_name(field: str, code: str) -> str:
    """Return a code's Chinese name; the code itself when the list does not have it."""
    names = NATIONALITY if field == "nationality_code" else CODE_LISTS.get(field, {})
    return names.get(code, code)
