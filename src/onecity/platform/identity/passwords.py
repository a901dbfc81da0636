"""Password hashing with the commercial cryptography that binds government systems."""

import functools
import hashlib
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class PBKDF2SM3PasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2 over HMAC-SM3.

    Source: GB/T 32905-2016 (SM3); the construction is PBKDF2 of RFC 8018.
    """

    algorithm = "pbkdf2_sm3"
    iterations = 210_000
    digest: Any = functools.partial(hashlib.new, "sm3")
