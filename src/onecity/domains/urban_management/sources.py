"""Where city cases come from."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.cases.declare import Source

PATROL: Final = "urban_management.patrol"
CITIZEN: Final = "urban_management.citizen"
SENSOR: Final = "urban_management.sensor"
HOTLINE: Final = "urban_management.hotline"
VIDEO: Final = "urban_management.video"
LEADER: Final = "urban_management.leader"
MEDIA: Final = "urban_management.media"
DEPARTMENT: Final = "urban_management.department"

SOURCES: Final = (
    Source(PATROL, zh("监督员上报"), icon="route", order=110),
    Source(CITIZEN, zh("公众上报"), icon="message-report", order=120),
    Source(SENSOR, zh("物联感知"), icon="activity", order=130),
    Source(HOTLINE, zh("热线转办"), icon="message", order=140),
    Source(VIDEO, zh("视频采集"), icon="camera", order=150),
    Source(LEADER, zh("领导交办"), icon="flag", order=160),
    Source(MEDIA, zh("媒体曝光"), icon="world", order=170),
    Source(DEPARTMENT, zh("部门移送"), icon="building", order=180),
)
TOLD_BY_SYSTEMS: Final = (HOTLINE, VIDEO, LEADER, MEDIA, DEPARTMENT)
"""Sources that another system may name for what it hands in."""
