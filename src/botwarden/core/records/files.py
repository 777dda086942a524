"""``files.log``: what was transferred."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Interval, Text, UidRecord


class FileRecord(UidRecord, frozen=True, kw_only=True):
    """One file. Zeek's files.log, with what an executable is made for at its end."""

    path: ClassVar[str] = "files"

    fuid: Text
    """Identifier of the file, the same in every log."""
    source: Text
    """Protocol that carried it: HTTP, FTP_DATA, TFTP, MQTT."""
    depth: Count = 0
    """Which request of the connection."""
    mime_type: Annotated[Text | None, Ecs("file.mime_type")] = None
    """By its first bytes."""
    filename: Annotated[Text | None, Ecs("file.name")] = None
    """As the protocol says it."""
    duration: Interval = 0.0
    """From its first to its last byte."""
    local_orig: Bool | None = None
    """Whether who sent it is on a local network."""
    is_orig: Bool = False
    """Whether the connection's originator sent it."""
    seen_bytes: Annotated[Count, Ecs("file.size")] = 0
    """Bytes seen."""
    total_bytes: Count | None = None
    """Bytes announced."""
    missing_bytes: Count = 0
    """Bytes not captured."""
    overflow_bytes: Count = 0
    """Bytes that overlapped others."""
    timedout: Bool = False
    """Whether its end was not seen."""
    sha256: Annotated[Text | None, Ecs("file.hash.sha256")] = None
    """SHA-256; None where bytes are missing."""
    executable: Text | None = None
    """What it runs on, where it is an executable: ``ELF 32-bit LSB ARM``, ``PE``, ``shell script``."""
