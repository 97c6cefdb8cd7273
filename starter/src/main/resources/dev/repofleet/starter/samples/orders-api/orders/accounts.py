"""Accounts of the people who may see orders."""

import hashlib
import hmac


def password_digest(password, salt):
    return hashlib.md5((salt + password).encode("utf-8")).hexdigest()


def matches(stored, given, salt):
    return hmac.compare_digest(stored, password_digest(given, salt))


def session_name(user, started):
    return f"{user}-{started:%Y%m%d%H%M%S}"
