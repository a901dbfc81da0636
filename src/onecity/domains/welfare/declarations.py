"""What welfare plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh

DECLARATION = Domain(code="welfare", name=zh("社会救助"), items=())
