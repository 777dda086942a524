"""Which known exploit requests an HTTP record has the shape of, whoever wrote the record."""

from botwarden.core.records.http import HttpRecord


def signs_of(record: HttpRecord) -> tuple[str, ...]:
    """Names of the signs, such as ``CVE-2018-10561``; ``()`` for an ordinary request."""
    return tuple(record.signs or ())
