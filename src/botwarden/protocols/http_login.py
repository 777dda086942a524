"""Logins in HTTP: who tries, with a password from which known list. The passwords themselves are dropped here."""

import binascii
import re
from typing import Final

from botwarden.protocols.credentials import dictionaries
from botwarden.protocols.http_lines import text, unescape

HIDDEN: Final = b"***"
"""Stands where a password was."""

_USERS: Final = frozenset({
    b"user", b"username", b"usr", b"uname", b"login", b"loginuse", b"loginname", b"name", b"account", b"userid",
    b"user_name", b"usernm", b"admin_name", b"j_username", b"frm_username",
})  # fmt: skip
_PASSWORDS: Final = frozenset({
    b"password", b"passwd", b"pass", b"pwd", b"psw", b"psd", b"pw", b"loginpas", b"loginpass", b"userpwd", b"passwort",
    b"user_password", b"userpassword", b"admin_password", b"j_password", b"frm_password", b"login_password",
})  # fmt: skip
"""Names of the fields of login forms, by what cameras, recorders and routers use."""
_MAX_FIELDS: Final = 64
_SECRET: Final = re.compile(
    rb"([?&;](?:(?:login|user|admin|j|frm|new|old|http|wifi|wlan)?_?(?:pass(?:word|wd|phrase)?|pwd|psw|psd)|loginpas|psk)=)"
    rb"[^&;#]*",
    re.IGNORECASE,
)
_USERINFO: Final = re.compile(rb"(://[^/@:?#\s]*:)[^/@?#\s]*(?=@)")


def basic(value: bytes) -> tuple[str, tuple[str, ...]] | None:
    """(user name, known lists that hold the login) of an Authorization field; None where it is not basic (RFC 7617)."""
    scheme, _, coded = value.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        user, colon, password = binascii.a2b_base64(coded.strip()).partition(b":")
    except binascii.Error:
        return None
    if not colon:
        return None
    name = text(user)
    return name, dictionaries(name, text(password))


def form(fields: bytes) -> tuple[str, ...]:
    """Known lists that hold the login in ``user=…&password=…``, a query or the body of a form."""
    user = password = None
    for field in fields.split(b"&", _MAX_FIELDS)[:_MAX_FIELDS]:
        name, equals, value = field.partition(b"=")
        if not equals:
            continue
        name = name.lower()
        if user is None and name in _USERS:
            user = value
        elif password is None and name in _PASSWORDS:
            password = value
    if user is None or password is None:
        return ()
    return dictionaries(_value(user), _value(password))


def without_passwords(uri: bytes) -> bytes:
    """A URI with its passwords, in the query or before the host, hidden."""
    if b"=" in uri:
        uri = _SECRET.sub(rb"\g<1>" + HIDDEN, uri)
    if b"@" in uri:
        uri = _USERINFO.sub(rb"\g<1>" + HIDDEN, uri)
    return uri


def _value(value: bytes) -> str:
    return text(unescape(value.replace(b"+", b" ")))
