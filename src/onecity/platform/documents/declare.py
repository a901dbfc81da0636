"""What modules declare to documents: the things that hold files, and who may read them."""

from collections.abc import Callable
from dataclasses import dataclass

from onecity.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Holder:
    """A kind of thing that holds files.

    code: `module.table`; with a row's id it names the holder. may_read: whether the actor may read the files of the row
    with this id (the module asks its own selector).
    """

    code: str
    name: str
    may_read: Callable[[Actor, int], bool]
