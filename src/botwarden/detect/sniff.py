"""What a payload says about its connection, by its first bytes: which service, and how a login is going."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.protocols.table import Int, mix

UNKNOWN: Final = np.int64(0)
TELNET: Final = np.int64(1)
SSH: Final = np.int64(2)
FTP: Final = np.int64(3)
HTTP: Final = np.int64(4)
RTSP: Final = np.int64(5)
OTHER: Final = np.int64(6)
SERVICES: Final = ("unknown", "telnet", "ssh", "ftp", "http", "rtsp", "other")

_SSH = np.frombuffer(b"SSH-", np.uint8)
_GET = np.frombuffer(b"GET ", np.uint8)
_TLS_ALERT = np.frombuffer(b"\x15\x03", np.uint8)  # RFC 8446, 5.1 and 6
_POST = np.frombuffer(b"POST ", np.uint8)
_HEAD = np.frombuffer(b"HEAD ", np.uint8)
_HTTP = np.frombuffer(b"HTTP/1.", np.uint8)
_RTSP = np.frombuffer(b"RTSP/1.0 ", np.uint8)
_USER = np.frombuffer(b"USER ", np.uint8)
_PASS = np.frombuffer(b"PASS ", np.uint8)
_230 = np.frombuffer(b"230", np.uint8)
_530 = np.frombuffer(b"530", np.uint8)
_OK = np.frombuffer(b"+OK", np.uint8)
_220 = np.frombuffer(b"220", np.uint8)
_ASSWORD = np.frombuffer(b"assword", np.uint8)
_LOGIN = np.frombuffer(b"ogin:", np.uint8)
_LOGIN_PATH = np.frombuffer(b"login", np.uint8)
_AUTH_PATH = np.frombuffer(b"auth", np.uint8)
_AGENT = np.frombuffer(b"ser-agent:", np.uint8)
_INCORRECT = np.frombuffer(b"ncorrect", np.uint8)
_FAILED = np.frombuffer(b"fail", np.uint8)
_DENIED = np.frombuffer(b"denied", np.uint8)
_INVALID = np.frombuffer(b"nvalid", np.uint8)

_TEXT_LIMIT: Final = 256  # bytes of a server's text that are searched: prompts end short messages
_HEADER_LIMIT: Final = 1024  # bytes of a request that are searched for its User-Agent
_LINE_LIMIT: Final = 128  # bytes of a request line that are searched for a login page


@njit(nogil=True)
def starts(buf: Any, at: Int, n: Int, what: Any) -> Any:
    """Whether ``buf[at:at + n]`` starts with some bytes."""
    if n < len(what):
        return False
    for i in range(len(what)):  # noqa: SIM110 - numba compiles no generators
        if buf[at + i] != what[i]:
            return False
    return True


@njit(nogil=True)
def find(buf: Any, at: Int, n: Int, what: Any) -> Any:
    """Index of lower-case bytes in ``buf[at:at + n]``, letters of either case; -1 where they are not."""
    m = len(what)
    first = what[0]
    for i in range(at, at + n - m + 1):
        if (buf[i] | 0x20) != first:
            continue
        j = 1
        while j < m and (buf[i + j] | 0x20) == (what[j] | 0x20):
            j += 1
        if j == m:
            return i
    return -1


@njit(nogil=True)
def service_of(buf: Any, at: Int, n: Int, from_server: bool) -> Any:
    """The service a payload belongs to, UNKNOWN where it does not tell."""
    if n <= 0:
        return UNKNOWN
    if starts(buf, at, n, _SSH):
        return SSH
    if n >= 3 and buf[at] == 0xFF and buf[at + 1] >= 0xFA and buf[at + 1] <= 0xFE:  # RFC 854: IAC, command
        return TELNET
    if from_server:
        if starts(buf, at, n, _HTTP):
            return HTTP
        if starts(buf, at, n, _RTSP):
            return RTSP
        if starts(buf, at, n, _OK):  # POP3, whose login looks like FTP's
            return OTHER
        limit = min(n, _TEXT_LIMIT)
        if not starts(buf, at, n, _220) and (find(buf, at, limit, _LOGIN) >= 0 or find(buf, at, limit, _ASSWORD) >= 0):
            return TELNET
    elif is_request(buf, at, n):
        return HTTP
    elif starts(buf, at, n, _USER):
        return FTP
    return UNKNOWN


@njit(nogil=True)
def is_request(buf: Any, at: Int, n: Int) -> Any:
    """Whether an HTTP request starts here."""
    return starts(buf, at, n, _GET) or starts(buf, at, n, _POST) or starts(buf, at, n, _HEAD)


@njit(nogil=True)
def objects(buf: Any, at: Int, n: Int) -> Any:
    """Whether a server says that what it got makes no sense: an HTTP error of that kind, or a TLS alert.

    RFC 9110, 15.5: bad request, time-out, URI too long; RFC 6585: header too large; 501: no such method.
    """
    if starts(buf, at, n, _HTTP):
        return status(buf, at, n) in (400, 408, 414, 431, 501)
    return starts(buf, at, n, _TLS_ALERT)


@njit(nogil=True)
def asks_password(buf: Any, at: Int, n: Int) -> Any:
    """Whether a server's text asks for a password."""
    return find(buf, at, min(n, _TEXT_LIMIT), _ASSWORD) >= 0


@njit(nogil=True)
def refuses(buf: Any, at: Int, n: Int) -> Any:
    """Whether a server's text says that a login failed."""
    limit = min(n, _TEXT_LIMIT)
    return (
        find(buf, at, limit, _INCORRECT) >= 0
        or find(buf, at, limit, _FAILED) >= 0
        or find(buf, at, limit, _DENIED) >= 0
        or find(buf, at, limit, _INVALID) >= 0
    )


@njit(nogil=True)
def sends_password(buf: Any, at: Int, n: Int) -> Any:
    """Whether this is FTP's PASS command (RFC 959, 4.1.1)."""
    return starts(buf, at, n, _PASS)


@njit(nogil=True)
def lets_in(buf: Any, at: Int, n: Int) -> Any:
    """Whether this is FTP's reply to a login that succeeded (RFC 959, 4.2.2)."""
    return starts(buf, at, n, _230)


@njit(nogil=True)
def turns_away(buf: Any, at: Int, n: Int) -> Any:
    """Whether this is FTP's reply to a login that failed."""
    return starts(buf, at, n, _530)


@njit(nogil=True)
def status(buf: Any, at: Int, n: Int) -> Any:
    """Status code of an HTTP/1.x or RTSP/1.0 response, 0 where there is none."""
    at += 9
    if n < 12:
        return 0
    code = np.int64(0)
    for i in range(at, at + 3):
        digit = np.int64(buf[i]) - 48
        if digit < 0 or digit > 9:
            return 0
        code = code * 10 + digit
    return code


@njit(nogil=True)
def posts_login(buf: Any, at: Int, n: Int) -> Any:
    """Whether this is a POST to a page whose path speaks of login or authentication."""
    if not starts(buf, at, n, _POST):
        return False
    end = at
    stop = at + min(n, _LINE_LIMIT)
    while end < stop and buf[end] != 13 and buf[end] != 10:
        end += 1
    return find(buf, at, end - at, _LOGIN_PATH) >= 0 or find(buf, at, end - at, _AUTH_PATH) >= 0


@njit(nogil=True)
def agent(buf: Any, at: Int, n: Int) -> Any:
    """Fingerprint of a request's User-Agent, 0 where it has none."""
    start = find(buf, at, min(n, _HEADER_LIMIT), _AGENT)
    if start < 0:
        return np.int64(0)
    h = np.int64(1)
    i = start + len(_AGENT)
    stop = at + min(n, _HEADER_LIMIT)
    while i < stop and buf[i] != 13 and buf[i] != 10:
        h = mix(h, np.int64(buf[i]))
        i += 1
    return h
