"""``tftp.log``: TFTP transfers."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Text, UidRecord


class TftpRecord(UidRecord, frozen=True, kw_only=True):
    """One transfer (RFC 1350)."""

    path: ClassVar[str] = "tftp"

    wrq: Bool
    """Whether the client writes the file; else it reads."""
    filename: Annotated[Text | None, Ecs("file.name")] = None
    """As asked for."""
    mode: Text | None = None
    """octet, netascii."""
    uid_data: Text | None = None
    """The connection that carries the data."""
    size: Count = 0
    """Bytes transferred."""
    block_sent: Count = 0
    """Highest block sent."""
    block_acked: Count = 0
    """Highest block acknowledged."""
    error_code: Count | None = None
    """Of an error message."""
    error_msg: Text | None = None
    """Its words."""
    fuid: Text | None = None
    """The file in files.log."""
