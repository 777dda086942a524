"""HTTP/1.x: http.log, the files that it carries, and what is asked of UPnP devices."""

import re
from typing import ClassVar, Final

from botwarden.core.records.ssdp import UpnpRecord
from botwarden.protocols import exploits, http_login, soap
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.http import Expect, HttpParser
from botwarden.protocols.http_body import Body
from botwarden.protocols.http_lines import HTTP_0_9, Headers, RequestLine, StatusLine, text, unescape
from botwarden.protocols.http_transaction import Pairing, Transaction

MAX_TEXT: Final = 2048
"""Bytes of a header's value that are kept in a record."""
MAX_URI: Final = 4096
"""Bytes of a URI that are kept in a record."""
MAX_METHOD: Final = 64
"""Bytes of a method that are kept."""
MAX_PROXIED: Final = 8
"""Headers that tell of proxies, in a record."""
MAX_ODDITIES: Final = 16
"""Oddities told of a connection, each once."""
BODY_HEAD: Final = 2048
"""Bytes of a request's body that are looked at for exploits: longer shells do not fit into what devices read."""
SOAP_HEAD: Final = 8192
"""The same where an action is asked for over SOAP."""

_METHODS: Final = frozenset({
    b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE", b"CONNECT", b"PATCH", b"QUERY",
    b"PROPFIND", b"PROPPATCH", b"MKCOL", b"COPY", b"MOVE", b"LOCK", b"UNLOCK", b"POLL", b"REPORT", b"SEARCH", b"BMOVE",
    b"SUBSCRIBE", b"UNSUBSCRIBE", b"NOTIFY", b"M-SEARCH", b"MERGE", b"CCM_POST", b"RPC_CONNECT", b"DESCRIBE",
})  # fmt: skip
_REQUEST: Final = re.compile(rb"[A-Za-z][A-Za-z_-]{2,15} [^\r\n]{1,1000}? HTTP/[01]\.|[A-Z][A-Z_-]{2,15} HTTP/[01]\.")
_ANSWER: Final = re.compile(rb"HTTP/[0-9]\.[0-9][ \t]+[0-9]{3}")
_ANSWER_SHAPE: Final = b"HTTP/1.1 200"
_SURE: Final = 256
"""Bytes of a long URI after a known method that are enough."""
_PROXY_HEADERS: Final = frozenset({
    b"forwarded", b"x-forwarded-for", b"x-forwarded-from", b"client-ip", b"via", b"xroxy-connection",
    b"proxy-connection",
})  # fmt: skip
_VIOLATIONS: Final = frozenset({"bad_HTTP_request", "bad_HTTP_reply"})
_NO_BODY: Final = frozenset({204, 304})


class HttpAnalyzer:
    """Follows HTTP on one connection."""

    name: ClassVar[str] = "http"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({80, 81, 631, 1080, 3128, 7547, 8000, 8080, 8081, 8888})
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self.flow = flow
        self.ts = flow.ts
        self.pairing = Pairing(flow)
        self.requests = _Requests(self)
        self.responses = _Responses(self)
        self._told: set[str] = set()

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A request line with a version, or a status line."""
        if proto != "tcp":
            return False
        if not is_orig:
            if _ANSWER.match(head):
                return True
            return None if len(head) < len(_ANSWER_SHAPE) and b"HTTP/"[: len(head)] == head[:5] else False
        return _matches_request(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        self.ts = ts
        if self.flow.hand_over is None:
            read = (self.requests if is_orig else self.responses).parser.feed(data)
            if self.flow.hand_over is not None and read < len(data):
                self.flow.rest = is_orig, data[read:]
            self._check_done()

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Bytes that were not captured."""
        self.ts = ts
        (self.requests if is_orig else self.responses).parser.gap(size)
        self._check_done()

    def eof(self, ts: float, is_orig: bool) -> None:
        """A direction is over."""
        self.ts = ts
        (self.requests if is_orig else self.responses).parser.eof()

    def end(self, ts: float) -> None:
        """The connection is over."""
        self.ts = ts
        self.requests.parser.close(complete=False)
        self.responses.parser.close(complete=False)
        self.pairing.write_all()

    def tell(self, name: str, addl: str | None = None) -> None:
        """Report an oddity, once a connection."""
        if name not in self._told and len(self._told) < MAX_ODDITIES:
            self._told.add(name)
            self.flow.weird(self.ts, name, addl, "HTTP")

    def odd(self, name: str) -> None:
        """Report what a parser found odd; what is no HTTP at all counts against the connection, as in Zeek."""
        self.tell(name)
        if name in _VIOLATIONS:
            self.flow.violations += 1

    def _check_done(self) -> None:
        if self.requests.parser.lost and self.responses.parser.lost:
            self.flow.done = True


class _Requests:
    """The client's side."""

    def __init__(self, analyzer: HttpAnalyzer) -> None:
        self._analyzer = analyzer
        self.parser = HttpParser(self, requests=True)
        self.current: Transaction | None = None
        """The one whose request is not complete yet."""
        self._uri = b""
        self._headers: Headers = []
        self._body: Body | None = None

    def start(self, line: RequestLine | StatusLine) -> None:
        """A request line."""
        if not isinstance(line, RequestLine):
            return
        analyzer = self._analyzer
        analyzer.flow.confirm(analyzer.name)
        transaction = self.current = analyzer.pairing.ask(analyzer.ts)
        transaction.method = text(line.method[:MAX_METHOD])
        self._uri = line.uri
        self._headers = []
        self._body = None
        uri = http_login.without_passwords(unescape(http_login.without_passwords(line.uri)))
        transaction.uri = text(uri[:MAX_URI])
        if line.method not in _METHODS:
            analyzer.tell("unknown_HTTP_method", transaction.method)
        if line.version == HTTP_0_9:
            analyzer.responses.parser.expect_raw()

    def head(self, headers: Headers) -> Expect:
        """The header is complete."""
        analyzer = self._analyzer
        self._headers = headers
        _fill(analyzer.pairing.asked(analyzer.ts), headers)
        return Expect.BODY_IF_ANNOUNCED

    def body(self, data: bytes) -> None:
        """Bytes of the body."""
        (self._body or self._begin_body()).feed(self._analyzer.ts, data)

    def gap(self, size: int) -> None:
        """Bytes of the body that are missing."""
        (self._body or self._begin_body()).missed(self._analyzer.ts, size)

    def end(self, complete: bool) -> None:
        """The request is complete."""
        analyzer = self._analyzer
        transaction = analyzer.pairing.asked(analyzer.ts)
        if self._body is not None:
            self._body.close(analyzer.ts, complete)
            transaction.request_body_len = self._body.length
            if self._body.odd:
                analyzer.tell(self._body.odd)
        self.inspect(transaction)
        self.current = None
        self._body = None
        self._headers = []
        self._uri = b""

    def inspect(self, transaction: Transaction) -> None:
        """Look for what the request, as far as it came, is up to."""
        if transaction.method is None:
            return
        fields = {name.decode("latin-1"): text(value) for name, value in self._headers}
        head = self._body.head if self._body is not None else b""
        transaction.signs = exploits.signs(transaction.method, self._uri.decode("latin-1"), fields, head)
        if "soapaction" in fields:
            action = soap.parse_action(fields["soapaction"], head)
            if action is not None:
                transaction.upnp = _action_record(self._analyzer.flow, transaction.ts, action)
        if not transaction.dictionary:
            query = self._uri.partition(b"?")[2]
            transaction.dictionary = (query and http_login.form(query)) or (head and http_login.form(head)) or ()

    def odd(self, name: str) -> None:
        """Something is not as it should be."""
        self._analyzer.odd(name)

    def _begin_body(self) -> Body:
        analyzer = self._analyzer
        transaction = analyzer.pairing.asked(analyzer.ts)
        keep = SOAP_HEAD if any(name == b"soapaction" for name, _ in self._headers) else BODY_HEAD
        self._body = Body(
            analyzer.flow, self._headers, transaction.orig_files, is_orig=True, depth=transaction.depth, keep=keep
        )
        return self._body


class _Responses:
    """The server's side."""

    def __init__(self, analyzer: HttpAnalyzer) -> None:
        self._analyzer = analyzer
        self.parser = HttpParser(self, requests=False)
        self._switch = False
        self._transaction: Transaction | None = None
        self._headers: Headers = []
        self._body: Body | None = None

    def start(self, line: RequestLine | StatusLine) -> None:
        """A status line."""
        if not isinstance(line, StatusLine):
            return
        analyzer = self._analyzer
        analyzer.flow.confirm(analyzer.name)
        transaction = self._transaction = analyzer.pairing.answer(analyzer.ts)
        transaction.version = f"{line.version[0]}.{line.version[1]}"
        transaction.status_code = line.code
        transaction.status_msg = "<empty>" if line.reason is None else text(line.reason[:MAX_TEXT])
        if transaction.informational:
            transaction.info_code = transaction.status_code
            transaction.info_msg = transaction.status_msg
        self._headers = []
        self._body = None

    def head(self, headers: Headers) -> Expect:
        """The header is complete."""
        transaction = self._transaction
        if transaction is None:
            return Expect.BODY
        self._headers = headers
        upgrade = False
        for name, value in headers:
            if name == b"server":
                transaction.server = text(value[:MAX_TEXT])
            elif name == b"upgrade":
                upgrade = bool(value)
        code = transaction.status_code or 0
        self._switch = (code == 101 and upgrade) or (transaction.method == "CONNECT" and 200 <= code < 300)
        if self._switch:
            return Expect.SWITCH
        if transaction.informational:
            return Expect.NO_BODY
        return Expect.NO_BODY if code in _NO_BODY or transaction.method == "HEAD" else Expect.BODY

    def body(self, data: bytes) -> None:
        """Bytes of the body."""
        (self._body or self._begin_body()).feed(self._analyzer.ts, data)

    def gap(self, size: int) -> None:
        """Bytes of the body that are missing."""
        (self._body or self._begin_body()).missed(self._analyzer.ts, size)

    def end(self, complete: bool) -> None:
        """The answer is complete."""
        analyzer = self._analyzer
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            return
        if self._body is not None:
            self._body.close(analyzer.ts, complete)
            transaction.response_body_len = self._body.length
            if self._body.odd:
                analyzer.tell(self._body.odd)
            self._describe(transaction, self._body.head)
            self._body = None
        if analyzer.requests.current is transaction:  # answered before it was complete
            analyzer.requests.inspect(transaction)
        analyzer.pairing.finish()
        if self._switch:
            analyzer.flow.hand_over = ""

    def odd(self, name: str) -> None:
        """Something is not as it should be."""
        self._analyzer.odd(name)

    def _begin_body(self) -> Body:
        analyzer = self._analyzer
        transaction = self._transaction or analyzer.pairing.answer(analyzer.ts)
        self._body = Body(
            analyzer.flow,
            self._headers,
            transaction.resp_files,
            is_orig=False,
            depth=transaction.depth,
            keep=soap.DESCRIPTION_HEAD,
            marker=soap.DESCRIPTION_MARK,
        )
        return self._body

    def _describe(self, transaction: Transaction, head: bytes) -> None:
        description = soap.parse_description(head) if head else None
        if description is not None:
            flow = self._analyzer.flow
            flow.write(
                UpnpRecord(
                    ts=transaction.ts,
                    **flow.id,
                    kind="description",
                    status_code=transaction.status_code,
                    friendly_name=description.friendly_name,
                    manufacturer=description.manufacturer,
                    model_name=description.model_name,
                    model_number=description.model_number,
                    device_type=description.device_type,
                )
            )


def _matches_request(head: bytes) -> bool | None:
    head = head.lstrip(b"\r\n")
    if _REQUEST.match(head):
        return not head.startswith(b"PRI * HTTP/2")
    method, blank, rest = head.partition(b" ")
    if not blank:
        return None if any(known.startswith(method) for known in _METHODS) else False
    if method not in _METHODS or b"\n" in rest:
        return False
    return True if len(rest) > _SURE and rest.startswith((b"/", b"http://")) else None


def _fill(transaction: Transaction, headers: Headers) -> None:
    """Take from a request's header what a record tells."""
    proxied: list[str] = []
    for name, value in headers:
        if name == b"host":
            transaction.host = text(value[:MAX_TEXT])
        elif name == b"user-agent":
            transaction.user_agent = text(value[:MAX_TEXT])
        elif name == b"referer":
            transaction.referrer = text(http_login.without_passwords(value[:MAX_TEXT]))
        elif name == b"origin":
            transaction.origin = text(value[:MAX_TEXT])
        elif name in _PROXY_HEADERS:
            proxied.append(f"{text(name.upper())} -> {text(value[:MAX_TEXT])}")
        elif name in {b"authorization", b"proxy-authorization"}:
            login = http_login.basic(value)
            if login is not None:
                transaction.username, transaction.dictionary = login
    if proxied:
        transaction.proxied = tuple(dict.fromkeys(proxied[:MAX_PROXIED]))


def _action_record(flow: Flow, ts: float, action: soap.Action) -> UpnpRecord:
    return UpnpRecord(
        ts=ts,
        **flow.id,
        kind="action",
        action=action.name,
        external_port=action.external_port,
        internal_client=action.internal_client,
        internal_port=action.internal_port,
        protocol=action.protocol,
        description=action.description,
        lease=action.lease,
    )
