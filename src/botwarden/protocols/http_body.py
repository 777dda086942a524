"""The body of one HTTP message: content coding undone, taken apart into files, its beginning kept for who asks."""

from typing import Final

from botwarden.protocols.analyzer import Flow
from botwarden.protocols.file import FileTap
from botwarden.protocols.http_lines import Headers, content_length, content_range, file_name, media_type, text
from botwarden.protocols.inflate import Inflater
from botwarden.protocols.multipart import compound

MAX_LISTED: Final = 15
"""Files of a message that are named in http.log, as in Zeek."""
MAX_FILES: Final = 64
"""Files of a message that are followed: a camera's ``multipart/x-mixed-replace`` is a file per picture."""
MAX_NAME: Final = 512
"""Bytes of a file's name."""

_NEAR: Final = 1024
_MARKUP: Final = b"< \t\r\n\xef"
_GZIP: Final = frozenset({b"gzip", b"x-gzip"})
_RANGES: Final = b"multipart/byteranges"


class FileList:
    """What http.log tells of a message's files."""

    __slots__ = ("fuids", "names", "types")

    def __init__(self) -> None:
        """None yet."""
        self.fuids: list[str] = []
        self.names: list[str] = []
        self.types: list[str] = []

    def add(self, tap: FileTap) -> None:
        """A file has begun."""
        if len(self.fuids) < MAX_LISTED:
            self.fuids.append(tap.fuid)
            if tap.filename is not None:
                self.names.append(tap.filename)

    def typed(self, tap: FileTap) -> None:
        """A file has ended and its type is known, if it ever will be."""
        if tap.mime_type is not None and len(self.types) < MAX_LISTED:
            self.types.append(tap.mime_type)


class Body:
    """A body on its way.

    length : bytes so far, content coding undone, missing ones included
    head : its first bytes, up to what was asked for
    files : what it holds
    """

    __slots__ = (
        "_cut", "_depth", "_entity", "_flow", "_followed", "_inflater", "_is_orig", "_keep", "_kept", "_marker",
        "_name", "_partial", "_ranges", "_tap", "_total", "_ts", "files", "length", "odd",
    )  # fmt: skip

    def __init__(
        self,
        flow: Flow,
        headers: Headers,
        files: FileList,
        *,
        is_orig: bool,
        depth: int,
        keep: int,
        marker: bytes | None = None,
    ) -> None:
        """The body behind a header.

        files : where its files are told
        depth : which request of the connection
        keep : how many of its first bytes are kept
        marker : they are markup, and only wanted if this is near their beginning
        """
        fields = dict(headers)
        content_type = fields.get(b"content-type", b"")
        self._flow = flow
        self._is_orig = is_orig
        self._depth = depth
        self._keep = keep
        self._kept = bytearray()
        self._marker = marker
        self._ts = 0.0
        self._cut = False
        self._tap: FileTap | None = None
        self._followed = 0
        self._name = _name(headers)
        self._inflater = _inflater(fields.get(b"content-encoding"))
        place = content_range(fields[b"content-range"]) if b"content-range" in fields else None
        self._partial = place is not None and place[0] > 0
        self._total = place[1] if place else content_length(fields.get(b"content-length", b"")) or None
        if self._inflater is not None:
            self._total = None
        self._ranges = media_type(content_type) == _RANGES
        self._entity = compound(content_type, self) if content_type else None
        self.files = files
        self.length = 0
        self.odd: str | None = None

    @property
    def head(self) -> bytes:
        """Its first bytes."""
        return bytes(self._kept)

    def feed(self, ts: float, data: bytes) -> None:
        """The next bytes, transfer coding removed."""
        self._ts = ts
        if not data:
            return
        if self._inflater is None:
            self._take(data)
            return
        for piece in self._inflater.feed(data):
            self._take(piece)
        if self._inflater.bomb:
            self.odd = "http_decompression_bomb"

    def missed(self, ts: float, size: int) -> None:
        """``size`` bytes were not captured."""
        self._ts = ts
        self._keep = 0
        if self._inflater is not None:
            self._inflater.stop()
        self.length += size
        if self._entity is not None:
            self._entity.gap(size)
        else:
            self.gap(size)

    def close(self, ts: float, complete: bool) -> None:
        """It is over; not ``complete`` where its end was not seen."""
        self._ts = ts
        self._cut = not complete
        if self._entity is not None:
            self._entity.close()
        self._end_file()

    def begin(self, headers: Headers) -> None:
        """A part begins (`PartSink`)."""
        if self._ranges:  # all of one file
            self._partial = True
            return
        self._name = _name(headers)
        self._total = None
        self._partial = False

    def data(self, data: bytes) -> None:
        """Bytes of a file (`PartSink`)."""
        if self._tap is None and not self._open():
            return
        if self._tap is not None:
            self._tap.data(self._ts, data)

    def gap(self, size: int) -> None:
        """Bytes of a file that are missing (`PartSink`)."""
        if self._tap is None and not self._open():
            return
        if self._tap is not None:
            self._tap.gap(self._ts, size)

    def end(self) -> None:
        """A part is over (`PartSink`)."""
        if not self._ranges:
            self._end_file()

    def _take(self, data: bytes) -> None:
        self.length += len(data)
        if len(self._kept) < self._keep:
            self._hold(data)
        if self._entity is not None:
            self._entity.feed(data)
        elif self._tap is not None:
            self._tap.data(self._ts, data)
        else:
            self.data(data)

    def _hold(self, data: bytes) -> None:
        self._kept += data[: self._keep - len(self._kept)]
        if self._marker is None:
            return
        near = len(self._kept) >= _NEAR
        if self._kept[0] not in _MARKUP or (near and self._marker not in self._kept[:_NEAR]):
            self._keep = 0
            self._kept.clear()
        elif near:
            self._marker = None

    def _open(self) -> bool:
        if self._followed >= MAX_FILES:
            return False
        self._followed += 1
        self._tap = FileTap(
            self._flow,
            "HTTP",
            self._is_orig,
            self._ts,
            filename=self._name,
            total=self._total,
            depth=self._depth,
            partial=self._partial,
        )
        self.files.add(self._tap)
        return True

    def _end_file(self) -> None:
        if self._tap is not None:
            self._tap.end(self._ts, self._cut)
            self.files.typed(self._tap)
            self._tap = None


def _name(headers: Headers) -> str | None:
    name = None
    for field, value in headers:
        if field == b"content-disposition":
            name = file_name(value) or name
        elif field == b"content-type" and b"name" in value.lower():
            name = file_name(value, b"name") or name
    return text(name[:MAX_NAME]) if name else None


def _inflater(coding: bytes | None) -> Inflater | None:
    if coding is None:
        return None
    name = coding.strip().lower()
    return Inflater(gzip=name in _GZIP) if name in _GZIP or name == b"deflate" else None
