"""Requests and their answers brought together, as Zeek does it: by their order on the connection.

Where an answer has no request, or more answers than requests have come, each still gets a line of its own, and the
next request goes with the next answer.
"""

from typing import Final

from msgspec.structs import replace

from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.http_body import FileList

MAX_PENDING: Final = 100
"""Requests that wait for their answers; with one more, all of them are written as they are (Zeek's number)."""

_INFORMATIONAL: Final = range(100, 200)


class Transaction:
    """A request and its answer while they come; the fields are those of `HttpRecord`."""

    __slots__ = (
        "depth", "dictionary", "host", "info_code", "info_msg", "method", "orig_files", "origin", "proxied", "referrer",
        "request_body_len", "resp_files", "response_body_len", "server", "signs", "status_code", "status_msg", "ts",
        "upnp", "uri", "user_agent", "username", "version",
    )  # fmt: skip

    def __init__(self, ts: float, depth: int) -> None:
        """Something of it was seen."""
        self.ts = ts
        self.depth = depth
        self.method: str | None = None
        self.host: str | None = None
        self.uri: str | None = None
        self.referrer: str | None = None
        self.version: str | None = None
        self.user_agent: str | None = None
        self.origin: str | None = None
        self.request_body_len = 0
        self.response_body_len = 0
        self.status_code: int | None = None
        self.status_msg: str | None = None
        self.info_code: int | None = None
        self.info_msg: str | None = None
        self.username: str | None = None
        self.proxied: tuple[str, ...] | None = None
        self.server: str | None = None
        self.dictionary: tuple[str, ...] = ()
        self.signs: tuple[str, ...] = ()
        self.orig_files = FileList()
        self.resp_files = FileList()
        self.upnp: UpnpRecord | None = None
        """What the request asks of a UPnP device; written with the answer's status."""

    @property
    def informational(self) -> bool:
        """Whether its last answer was a 1xx: the real one is still to come."""
        return self.status_code is not None and self.status_code in _INFORMATIONAL

    def record(self, flow: Flow) -> HttpRecord:
        """Its line in the log."""
        orig, resp = self.orig_files, self.resp_files
        return HttpRecord(
            ts=self.ts,
            **flow.id,
            trans_depth=self.depth,
            method=self.method,
            host=self.host,
            uri=self.uri,
            referrer=self.referrer,
            version=self.version,
            user_agent=self.user_agent,
            origin=self.origin,
            request_body_len=self.request_body_len,
            response_body_len=self.response_body_len,
            status_code=self.status_code,
            status_msg=self.status_msg,
            info_code=self.info_code,
            info_msg=self.info_msg,
            username=self.username,
            proxied=self.proxied,
            orig_fuids=tuple(orig.fuids) or None,
            orig_filenames=tuple(orig.names) or None,
            orig_mime_types=tuple(orig.types) or None,
            resp_fuids=tuple(resp.fuids) or None,
            resp_filenames=tuple(resp.names) or None,
            resp_mime_types=tuple(resp.types) or None,
            server=self.server,
            dictionary=self.dictionary or None,
            signs=self.signs or None,
        )


class Pairing:
    """The transactions of a connection that are not written yet."""

    __slots__ = ("_answered", "_asked", "_depth", "_flow", "_pending")

    def __init__(self, flow: Flow) -> None:
        """None so far."""
        self._flow = flow
        self._pending: dict[int, Transaction] = {}
        self._asked = 0
        self._answered = 0
        self._depth = 0

    def ask(self, ts: float) -> Transaction:
        """A request begins."""
        self._asked = max(self._asked, self._answered)
        if len(self._pending) > MAX_PENDING:
            self._flow.weird(ts, "HTTP_excessive_pipelining", source="HTTP")
            self._give_up()
        self._asked += 1
        return self._at(ts, self._asked)

    def answer(self, ts: float) -> Transaction:
        """An answer begins."""
        current = self._pending.get(self._answered)
        if current is None or (current.status_code is not None and not current.informational):
            self._answered += 1
        return self._at(ts, self._answered)

    def asked(self, ts: float) -> Transaction:
        """The transaction of the last request; what comes of it after its answer was written opens a new one."""
        return self._at(ts, self._asked)

    def finish(self) -> None:
        """The answer is complete: write it, unless it was a 1xx."""
        current = self._pending.get(self._answered)
        if current is not None and not current.informational:
            self.write(self._answered)

    def write_all(self) -> None:
        """The connection is over: write what waits."""
        for number in list(self._pending):
            self.write(number)

    def write(self, number: int) -> None:
        """Write one transaction."""
        done = self._pending.pop(number)
        self._flow.write(done.record(self._flow))
        if done.upnp is not None:
            self._flow.write(_answered(done.upnp, done.status_code))

    def _give_up(self) -> None:
        self.write_all()
        self._answered = self._asked

    def _at(self, ts: float, number: int) -> Transaction:
        found = self._pending.get(number)
        if found is None:
            self._depth += 1
            found = self._pending[number] = Transaction(ts, self._depth)
        return found


def _answered(upnp: UpnpRecord, status: int | None) -> UpnpRecord:
    return replace(upnp, status_code=status)
