"""Which known exploit requests an HTTP record has the shape of, whoever wrote the record."""

from typing import Final

from botwarden.core.records.http import HttpRecord
from botwarden.protocols.exploits import SHAPES, signs

_WHAT: Final = {shape.id: shape.what for shape in SHAPES}


def signs_of(record: HttpRecord) -> tuple[str, ...]:
    """Names of the signs, such as ``CVE-2018-10561``; ``()`` for an ordinary request.

    A record of Zeek's has none: there the method, the URI and the few headers that it has are looked at.
    """
    if record.signs:
        return record.signs
    if record.uri is None:
        return ()
    headers = {"user-agent": record.user_agent or "", "referer": record.referrer or ""}
    return signs(record.method or "", record.uri, headers, b"")


def sign_text(sign: str) -> str:
    """A sign with what it is about: ``CVE-2017-17215 (Huawei HG532, firmware upgrade over SOAP)``."""
    what = _WHAT.get(sign)
    return f"{sign} ({what})" if what else sign
