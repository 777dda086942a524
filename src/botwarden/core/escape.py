r"""Zeek's way to write text into a line of its logs, and back.

What would break the line is written as its bytes, ``\xNN`` each, and a backslash is doubled (``ODesc::AddBytes`` in
Zeek's source). Text in records holds bytes that are no UTF-8 as ``\xNN`` already (`botwarden.core.record.Text`): such
are left as they are, which is what Zeek writes for them.
"""

import re
from typing import Final

_SPECIAL: Final = re.compile(r"(?:\\x[89a-f][0-9a-f])+|[\x00-\x1f\x7f\\\ud800-\udfff]")
_ESCAPED: Final = re.compile(rb"\\(?:\\|x[0-9a-fA-F]{2})")


def needs_escape(text: str) -> bool:
    """Whether `escape` would change anything but bytes that are no UTF-8."""
    if text.isprintable() and "\\" not in text:  # much faster than the pattern
        return False
    return _SPECIAL.search(text) is not None


def escape(text: str) -> str:
    r"""``text`` without control characters, lone surrogates and single backslashes.

    >>> escape("a\tb\\")
    'a\\x09b\\\\'
    """
    return _SPECIAL.sub(_written, text)


def unescape(text: bytes) -> str:
    r"""The text that Zeek wrote as ``text``; bytes that are no UTF-8 become ``\xNN``. Anything can be given.

    >>> unescape(b"a\\x09b\\\\ \\xff")
    'a\tb\\ \\xff'
    """
    if b"\\" in text:
        text = _ESCAPED.sub(_read, text)
    return text.decode("utf-8", "backslashreplace")


def _written(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) > 1:  # bytes that are no UTF-8, or words that only look like them
        genuine = bytes.fromhex(found.replace("\\x", "")).decode("utf-8", "backslashreplace") == found
        return found if genuine else found.replace("\\", "\\\\")
    if found == "\\":
        return "\\\\"
    code = ord(found)
    raw = bytes((code & 0xFF,)) if code < 0x80 or 0xDC80 <= code <= 0xDCFF else found.encode("utf-8", "surrogatepass")
    return "".join(f"\\x{byte:02x}" for byte in raw)


def _read(match: re.Match[bytes]) -> bytes:
    found = match[0]
    return b"\\" if found == b"\\\\" else bytes((int(found[2:], 16),))
