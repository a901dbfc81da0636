"""Rules of passwords, locking and sessions.

The figures are what assessors of MLPS level 3 usually expect; the standard fixes none of them, so they are parameters.
"""

import string
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from onecity.kernel.actor import EVERYTHING, ScopeKey, division_key, organisation_key
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

DIVISION_LENGTHS: Final = (6, 9, 12)
_UPPER, _LOWER, _FIGURES = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """Limits of sign-on. kinds: how many of lower case, upper case, digits, signs a password must mix."""

    shortest_password: int = 10
    kinds: int = 3
    remembered_passwords: int = 5
    password_age: timedelta = timedelta(days=90)
    failures_before_lock: int = 5
    lock: timedelta = timedelta(minutes=15)
    failures_per_address: int = 30
    address_window: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(minutes=30)
    longest_session: timedelta = timedelta(hours=12)
    sessions_at_once: int = 5


POLICY: Final = SignInPolicy()


class WeakPassword(Invalid):
    """The password breaks the policy; the sentence says which rule."""

    code = "weak_password"
    message = zh("密码不符合安全要求")


def check_password(password: str, *, username: str, policy: SignInPolicy = POLICY) -> None:
    """Accept a new password or say what is missing.

    Raises: WeakPassword if it is too short, mixes too few kinds of characters, or holds the login name.
    Source: GB/T 22239-2019, 8.1.4.1 a); the figures are a house rule.
    """
    if len(password) < policy.shortest_password:
        raise WeakPassword(zh("密码至少需要 {count} 个字符"), params={"count": policy.shortest_password})
    tests = (str.islower, str.isupper, str.isdigit, lambda char: char in string.punctuation or ord(char) > 127)
    if sum(any(test(char) for char in password) for test in tests) < policy.kinds:
        raise WeakPassword(
            zh("密码应包含小写字母、大写字母、数字、符号中的至少 {count} 类"), params={"count": policy.kinds}
        )
    if username.lower() in password.lower():
        raise WeakPassword(zh("密码不能包含登录名"))


def first_password(*, draw: Callable[[str], str]) -> str:
    """Return a password that holds for one sign-in, in groups that can be read out: `Xk7m-Qp3w-Zt9h-Bn4d`.

    draw: picks one character of a text, by a secure source. Signs that look alike are left out.
    Source: house rule; 67 bits.
    """
    groups = (draw(_UPPER) + draw(_LOWER) + draw(_FIGURES) + draw(_LOWER) for _ in range(4))
    return "-".join(groups)


def locked_until(*, failures: int, now: datetime, policy: SignInPolicy = POLICY) -> datetime | None:
    """Return until when an account is locked after its `failures`-th failure in a row; None while it is not.

    Source: GB/T 22239-2019, 8.1.4.1 b); the figures are a house rule.
    """
    return now + policy.lock if failures % policy.failures_before_lock == 0 and failures > 0 else None


def scope_key(*, kind: str, organisation_id: int | None, division_code: str) -> ScopeKey:
    """Return the scope key of a grant."""
    if kind == "organisation" and organisation_id is not None:
        return organisation_key(organisation_id)
    if kind == "division" and division_code:
        return division_key(division_code)
    if kind == "everything":
        return EVERYTHING
    raise ValueError(f"a grant within {kind!r} lacks its organisation or division")


def keys_of_row(*, organisation_path: str, division_code: str) -> tuple[ScopeKey, ...]:
    """Return every scope key under which a row is seen: its organisation and all above, its divisions, but not `*`.

    organisation_path: ids from the root down, `1/4/9/`; empty for a row of no organisation.
    division_code: 6, 9, 12 or more digits (a 15-digit unit grid lies in its community); empty for a row of no place.
    """
    organisations = [organisation_key(int(part)) for part in organisation_path.split("/") if part]
    divisions = [division_key(division_code[:size]) for size in DIVISION_LENGTHS if len(division_code) >= size]
    return (*organisations, *divisions)


Powers = Literal["ordinary", "exclusive", "mixed"]


def powers_of(codes: Collection[str], *, reserved: Collection[frozenset[str]]) -> Powers:
    """Say what kind of role these permissions make.

    reserved: the permissions of each of the roles that must stay apart (the three administrators). A role with any of
    them may hold none but those of one such role, and then stays apart too; anything else is mixed and must not be.
    Source: GB/T 22239-2019, 8.1.4.2 d).
    """
    wanted = frozenset(codes)
    if not any(wanted & powers for powers in reserved):
        return "ordinary"
    return "exclusive" if any(wanted <= powers for powers in reserved) else "mixed"


def exclusive_conflict(*, wanted_is_exclusive: bool, held_other_exclusive: bool, held_other: bool) -> bool:
    """Say whether granting a role would join powers that must stay apart.

    An exclusive role (system, security, audit administrator) suffers no other role beside it.
    Source: GB/T 22239-2019, 8.1.4.2 d).
    """
    return held_other_exclusive or (wanted_is_exclusive and held_other)
