"""`FileTap`: how any analyzer reports a file that passes by, whatever protocol carries it."""

import hashlib
from typing import Final

from botwarden.core.records.files import FileRecord
from botwarden.protocols import mime
from botwarden.protocols.analyzer import Flow

HEAD: Final = mime.HEAD
"""Bytes of a file that are kept, and only until its type is told."""


class FileTap:
    """One file on its way: fed with its bytes in order, it writes one `FileRecord` when it ends.

        tap = FileTap(flow, "FTP_DATA", is_orig=False, ts=ts, filename="arm7")
        tap.data(ts, b"\\x7fELF…")
        tap.end(ts)

    source : the protocol, as in `FileRecord.source`
    is_orig : whether the connection's originator sends it
    total : its size as announced
    depth : which request of the connection
    partial : what comes is not its beginning: it has no type then, and no hash

    Nothing is written of a file without a byte. It holds no more than `HEAD` bytes and a hash.
    """

    __slots__ = (
        "_ended", "_first_ts", "_flow", "_hash", "_head", "_is_orig", "_last_ts", "_partial", "_source",
        "depth", "executable", "filename", "fuid", "mime_type", "missing", "seen", "total",
    )  # fmt: skip

    def __init__(
        self,
        flow: Flow,
        source: str,
        is_orig: bool,
        ts: float,
        filename: str | None = None,
        total: int | None = None,
        depth: int = 0,
        *,
        partial: bool = False,
    ) -> None:
        """A file that begins at ``ts``."""
        self._flow = flow
        self._source = source
        self._is_orig = is_orig
        self._first_ts = self._last_ts = ts
        self._head: bytes | None = None if partial else b""
        self._hash = hashlib.sha256()
        self._partial = partial
        self._ended = False
        self.filename = filename
        self.total = total
        self.depth = depth
        self.fuid = flow.session.file_id()
        self.mime_type: str | None = None
        self.executable: str | None = None
        self.seen = 0
        self.missing = 0

    def data(self, ts: float, chunk: bytes) -> None:
        """Its next bytes."""
        if self._ended or not chunk:
            return
        self.seen += len(chunk)
        self._last_ts = ts
        if not self.missing and not self._partial:
            self._hash.update(chunk)
        if self._head is not None:
            self._head += chunk[: HEAD - len(self._head)]
            if len(self._head) >= HEAD:
                self._look()

    def gap(self, ts: float, size: int) -> None:
        """``size`` bytes of it were not captured."""
        if self._ended or size <= 0:
            return
        self.missing += size
        self._last_ts = ts
        self._look()  # what follows is not its beginning

    def end(self, ts: float, timedout: bool = False) -> None:
        """It is over: write the record, once. ``timedout`` says that its end was not seen."""
        if self._ended:
            return
        self._ended = True
        self._look()
        if self.seen or self.missing:
            self._flow.write(self._record(timedout))

    def _look(self) -> None:
        """Tell the type by the first bytes and forget them."""
        if self._head:
            self.mime_type = mime.mime_type(self._head)
            self.executable = mime.executable(self._head)
        self._head = None

    def _record(self, timedout: bool) -> FileRecord:
        ended = not timedout if self.total is None else self.seen >= self.total
        whole = ended and not self.missing and not self._partial
        sender = self._flow.orig_h if self._is_orig else self._flow.resp_h
        return FileRecord(
            ts=self._first_ts,
            **self._flow.id,
            fuid=self.fuid,
            source=self._source,
            depth=self.depth,
            mime_type=self.mime_type,
            filename=self.filename,
            duration=max(self._last_ts - self._first_ts, 0.0),
            local_orig=self._flow.session.is_local(sender),
            is_orig=self._is_orig,
            seen_bytes=self.seen,
            total_bytes=self.total,
            missing_bytes=self.missing,
            timedout=timedout,
            sha256=self._hash.hexdigest() if whole else None,
            executable=self.executable,
        )
