"""`TftpAnalyzer`: files over TFTP, by which boot loaders, cameras and bots fetch programs."""

from typing import ClassVar, Final

from botwarden.core.records.tftp import TftpRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.file import FileTap
from botwarden.protocols.tftp import Ack, Data, Error, Options, Request, is_request, parse_tftp

BLOCK: Final = 512  # bytes of a full block, where nothing else is agreed on
_MAX_BLOCK: Final = 65464  # RFC 2348
_MAX_SIZE: Final = 1 << 48
_AHEAD: Final = 0x7FFF  # blocks by which a number may be ahead of the last one; else it is an old one again


class Transfer:
    """One file: from the request on one connection to the last block on another, or on the same.

    uid_data : the connection that carries the blocks; None before the first of them
    over : the record is written
    """

    __slots__ = (
        "_acked", "_block_size", "_error", "_flow", "_last", "_request", "_sent", "_sent_by", "_size", "_tap", "_ts",
        "over", "uid_data",
    )  # fmt: skip

    def __init__(self, ts: float, flow: Flow, request: Request) -> None:
        """A request on a connection."""
        self._ts = ts
        self._flow = flow
        self._request = request
        self._block_size = BLOCK
        self._tap: FileTap | None = None
        self._sent_by: tuple[str, int] | None = None
        self._sent = 0
        self._acked = 0
        self._last = False
        self._size = 0
        self._error: Error | None = None
        self.uid_data: str | None = None
        self.over = False

    def asks(self, request: Request) -> bool:
        """Whether it began with the same request."""
        return request == self._request

    def asked_on(self, flow: Flow) -> bool:
        """Whether a connection is the one with the request: others may follow there."""
        return flow is self._flow

    def agree(self, options: dict[str, str]) -> None:
        """The server agrees to options."""
        if not self._sent:
            self._block_size = _number(options.get("blksize"), _MAX_BLOCK) or self._block_size
            if "tsize" in options:
                self._request.options["tsize"] = options["tsize"]

    def data(self, ts: float, flow: Flow, is_orig: bool, data: Data) -> None:
        """A block that an end of a connection sends."""
        sender = (flow.orig_h, flow.orig_p) if is_orig else (flow.resp_h, flow.resp_p)
        if self._sent_by is None:
            self._sent_by = sender
        ahead = (data.block - self._sent) & 0xFFFF
        if sender != self._sent_by or not 0 < ahead <= _AHEAD or self._last:
            return  # sent again
        if self._tap is None:
            total = _number(self._request.options.get("tsize"), _MAX_SIZE) or None
            self._tap = FileTap(flow, "TFTP", is_orig, ts, self._request.filename, total)
        self._tap.gap(ts, (ahead - 1) * self._block_size)
        self._tap.data(ts, data.content)
        self._sent += ahead
        self._size += len(data.content)
        self._last = len(data.content) < self._block_size

    def ack(self, ts: float, block: int) -> None:
        """A block arrived."""
        behind = (self._sent - block) & 0xFFFF
        self._acked = max(self._acked, self._sent - behind)
        if self._last and self._acked == self._sent:
            self.finish(ts)

    def fail(self, ts: float, error: Error) -> None:
        """An end gives up."""
        self._error = error
        self.finish(ts)

    def finish(self, ts: float) -> None:
        """Nothing follows: write the record, once."""
        if self.over:
            return
        self.over = True
        if self._tap is not None:
            self._tap.end(ts, timedout=not self._last)
        error = self._error
        self._flow.write(
            TftpRecord(
                ts=self._ts,
                **self._flow.id,
                wrq=self._request.write,
                filename=self._request.filename,
                mode=self._request.mode,
                uid_data=self.uid_data,
                size=self._size,
                block_sent=self._sent,
                block_acked=self._acked,
                error_code=error.code if error else None,
                error_msg=error.message if error else None,
                fuid=self._tap.fuid if self._tap and self._size else None,
            )
        )


class TftpAnalyzer:
    """Follows a transfer from its request to the connection that the server opens for it (RFC 1350, 4)."""

    name: ClassVar[str] = "tftp"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({69})

    __slots__ = ("_flow", "_transfer")

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection; its context is the transfer that it is expected to carry."""
        self._flow = flow
        self._transfer = flow.context if isinstance(flow.context, Transfer) else None

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By a request; blocks have nothing to know them by."""
        return proto == "udp" and is_request(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        message = parse_tftp(data)
        if isinstance(message, Request):
            self._begin(ts, is_orig, message)
            return
        transfer = self._transfer
        if transfer is None or transfer.over or message is None:
            self._flow.done = not self._flow.services
            return
        if transfer.uid_data is None:
            transfer.uid_data = self._flow.uid
            self._flow.confirm(self.name)
        if transfer.uid_data != self._flow.uid:
            return
        if isinstance(message, Data):
            transfer.data(ts, self._flow, is_orig, message)
        elif isinstance(message, Ack):
            transfer.ack(ts, message.block)
        elif isinstance(message, Error):
            transfer.fail(ts, message)
        elif isinstance(message, Options):
            transfer.agree(message.options)
        self._flow.done = transfer.over and not transfer.asked_on(self._flow)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """There are none between datagrams."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """There is none over UDP."""

    def end(self, ts: float) -> None:
        """Write a transfer that is carried here, or by nobody."""
        transfer = self._transfer
        if transfer is not None and transfer.uid_data in (None, self._flow.uid):
            transfer.finish(ts)

    def _begin(self, ts: float, is_orig: bool, request: Request) -> None:
        flow = self._flow
        flow.confirm(self.name)
        if self._transfer is not None:
            if self._transfer.uid_data is None and self._transfer.asks(request):
                return  # sent again
            self.end(ts)
        self._transfer = Transfer(ts, flow, request)
        host, port = (flow.orig_h, flow.orig_p) if is_orig else (flow.resp_h, flow.resp_p)
        flow.session.expect(host, port, "udp", self.name, self._transfer)


def _number(text: str | None, most: int) -> int:
    """A decimal number of an option, 0 where it is none or above ``most``."""
    if text is None or len(text) > 15 or not (text.isascii() and text.isdigit()):
        return 0
    value = int(text)
    return value if value <= most else 0
