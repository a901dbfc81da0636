"""Columns of welfare with sealed personal data."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.identity.declare import PersonalColumn


def _column(code: str, name: str, table: str, sealed: str, *, hashed: str = "", key: str = "id") -> PersonalColumn:
    return PersonalColumn(f"welfare.{code}", name, f"welfare_{table}", sealed, hashed, key)


PERSONAL: Final = (
    _column("application.address", zh("住址"), "application", "address_sealed"),
    _column("application.phone", zh("联系电话"), "application", "phone_sealed"),
    _column("member.name", zh("家庭成员姓名"), "member", "name_sealed"),
    _column(
        "member.identifier",
        zh("家庭成员公民身份号码"),
        "member",
        "identifier_sealed",
        hashed="identifier_hashed",
    ),
    _column("asset.mark", zh("财产标识"), "declaredasset", "mark_sealed"),
    _column("query.facts", zh("部门查得信息"), "departmentquery", "facts_sealed"),
    _column("finding.body", zh("比对结果内容"), "reportfinding", "body_sealed"),
    _column("report.body", zh("核对报告正文"), "report", "body_sealed", key="verification_id"),
    _column("signing_key.private", zh("报告签名私钥"), "signingkey", "private_sealed"),
)
