"""Through which doors demands come in: one pool, whatever the door."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.cases.declare import Source

CALL: Final = "hotline.call"
WEB: Final = "hotline.web"
APP: Final = "hotline.app"
MAIL: Final = "hotline.mail"
MAILBOX: Final = "hotline.mailbox"
PETITION: Final = "hotline.petition"
MEDIA: Final = "hotline.media"
OPEN311: Final = "hotline.open311"
IMPORTED: Final = "hotline.imported"

SOURCES: Final = (
    Source(CALL, zh("12345来电"), icon="message", order=210),
    Source(WEB, zh("网站提交"), icon="world", order=220),
    Source(APP, zh("移动应用"), icon="device-mobile", order=230),
    Source(MAIL, zh("电子邮件"), icon="mail", order=240),
    Source(MAILBOX, zh("领导信箱"), icon="inbox", order=250),
    Source(PETITION, zh("信访"), icon="file-text", order=260),
    Source(MEDIA, zh("媒体问政"), icon="world", order=270),
    Source(OPEN311, zh("Open311接口"), icon="code", order=280),
    Source(IMPORTED, zh("历史数据导入"), icon="database", order=290),
)
BY_STAFF: Final = (CALL, WEB, APP, MAIL, MAILBOX, PETITION, MEDIA)
"""Doors that a member of staff may name."""
