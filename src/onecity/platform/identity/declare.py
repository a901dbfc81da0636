"""What modules declare to identity: permissions, built-in roles, personal columns."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that roles may hold. code: `module.verb_or_noun`, forever. name: what it lets one do, in Chinese."""

    code: str
    name: str
    scoped: bool = True


@dataclass(frozen=True, slots=True)
class Role:
    """A role that exists on the first day; staff may make others.

    exclusive: whoever holds this role may hold no other (the three administrators of MLPS level 3).
    """

    code: str
    name: str
    description: str
    permissions: tuple[str, ...]
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A table's column with sealed personal data, so that key rotation and erasure reach it.

    code: `module.table.field`. table, key: the table and its primary key. sealed, hashed: column names; hashed is empty
    when it is never searched. context: what is bound into each ciphertext, the code unless it is given: tables of
    former states share it with the current one, so that ciphertext moves between them unopened.
    """

    code: str
    name: str
    table: str
    sealed: str
    hashed: str = ""
    key: str = field(default="id")
    context: str = ""

    @property
    def bound(self) -> str:
        """The context that is bound into each ciphertext."""
        return self.context or self.code
