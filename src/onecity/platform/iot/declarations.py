"""What iot plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh

DECLARATION = Domain(code="iot", name=zh("物联感知"), items=())
