"""``ftp.log``: what is asked of FTP servers and who logs in; the files themselves go over connections of their own."""

import re
from binascii import Error, a2b_base64
from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar, Final

from botwarden.core.records.ftp import FtpRecord
from botwarden.protocols import ftp
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.analyzers.ssl import SslAnalyzer
from botwarden.protocols.credentials import dictionaries
from botwarden.protocols.file import FileTap
from botwarden.protocols.lines import Lines
from botwarden.protocols.telnet import Nvt

MAX_PENDING: Final = 20
"""Commands without a reply that are remembered, as Zeek does."""
MAX_USER: Final = 128
MAX_ARGUMENT: Final = 1024
MAX_SECRET: Final = 512
MAX_MESSAGE: Final = 512
MAX_DIRECTORY: Final = 1024
"""Characters of each."""

_LOGGED: Final = frozenset(("APPE", "DELE", "RETR", "STOR", "STOU", "ACCT", "PORT", "PASV", "EPRT", "EPSV", "PASS"))
_FILES: Final = frozenset(
    ("APPE", "CWD", "DELE", "MKD", "RETR", "RMD", "RNFR", "RNTO", "STOR", "STOU", "REST", "SIZE", "MDTM")
)
"""Commands whose argument is a path."""
_TRANSFERS: Final = frozenset(("APPE", "RETR", "STOR", "STOU"))
_SECRET: Final = frozenset(("PASS", "ACCT"))
"""Commands whose argument is kept nowhere."""
_GREETING: Final = "<init>"
"""What a server's greeting answers."""
_GREETINGS: Final = frozenset((120, 220, 421))
_MORE_LOGIN: Final = frozenset((331, 332))

_CLIENT: Final = re.compile(
    rb"(?:USER [^ \r\n]{1,64}|AUTH (?:TLS|SSL|TLS-C|TLS-P|GSSAPI)|FEAT|SYST|PASV|EPSV(?: [A-Za-z0-9]+)?|PORT [\d,]+"
    rb"|EPRT \|[^\r\n]{1,60}|OPTS [^\r\n]{1,60}|CLNT [^\r\n]{1,60})\r?\n",
    re.IGNORECASE,
)
_CLIENT_BEGINS: Final = re.compile(rb"(?:USER|AUTH|FEAT|SYST|PASV|EPSV|PORT|EPRT|OPTS|CLNT)[ \r]", re.IGNORECASE)
_TLS: Final = frozenset(("TLS", "SSL", "TLS-C", "TLS-P"))
_SERVER: Final = re.compile(rb"[12]20[ -]")
_FTP_WORDS: Final = re.compile(rb"ftp(?!\.)", re.IGNORECASE)
_MAIL_WORDS: Final = re.compile(rb"E?SMTP|mail", re.IGNORECASE)


@dataclass(slots=True)
class Channel:
    """A data connection that was announced; the control connection says what for, the data connection what came.

    passive : whether the client opens it
    """

    passive: bool
    orig_h: str
    resp_h: str
    resp_p: int
    filename: str | None = None
    size: int | None = None
    fuid: str | None = None
    mime_type: str | None = None


@dataclass(slots=True)
class _Command:
    """A command that waits for its reply.

    argument : as logged, empty where it is secret
    secret : it all the same, until the reply is there: some servers repeat it
    """

    ts: float
    name: str
    argument: str = ""
    secret: str = field(default="", repr=False)
    path: str = ""
    lists: tuple[str, ...] = ()
    code: int | None = None
    message: str | None = None
    channel: Channel | None = None
    size: int | None = None


class FtpAnalyzer:
    """The control connection."""

    name: ClassVar[str] = "ftp"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({21, 2811})
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._nvts = {True: Nvt(), False: Nvt()}
        self._lines = {True: Lines(ftp.MAX_LINE), False: Lines(ftp.MAX_LINE)}
        self._replies = ftp.Replies()
        self._pending: deque[_Command] = deque([_Command(flow.ts, _GREETING)])
        self._user: str | None = None
        self._auth = ""
        self._directory = "."
        self._channel: Channel | None = None
        self._lost = False
        self._too_many = self._too_long = False
        self._tls: tuple[Flow, SslAnalyzer] | None = None

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A client's command that nobody else has; or a greeting that says so itself."""
        if proto != "tcp":
            return False
        if is_orig:
            if _CLIENT.match(head):
                return True
            begins = _CLIENT_BEGINS.match(head[:5]) if len(head) >= 5 else head.isalpha()
            return None if begins and len(head) < 80 and b"\n" not in head else False
        if len(head) < 4:
            return None if head.startswith((b"220"[: len(head)], b"120"[: len(head)])) else False
        if not _SERVER.match(head):
            return False
        if _MAIL_WORDS.search(head):
            return False
        return True if _FTP_WORDS.search(head) and b"\n" in head else None

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        for line in self._lines[is_orig].feed(self._nvts[is_orig].text(data)):
            if is_orig:
                self._request(ts, line)
            else:
                self._reply(ts, line)
            if self._flow.done or self._flow.hand_over is not None:
                return

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Lines are missing."""
        self._nvts[is_orig].gap()
        self._lines[is_orig].gap()
        if not is_orig:
            self._replies.gap()
            self._lost = True

    def eof(self, ts: float, is_orig: bool) -> None:
        """A direction is over."""

    def end(self, ts: float) -> None:
        """Write what still waits for a reply."""
        while self._pending:
            self._write(self._pending.popleft())
        if self._tls:
            self._tls[1].end(ts)
            self._tls = None

    # -- the client ---------------------------------------------------------------------------------------------------

    def _request(self, ts: float, line: bytes) -> None:
        found = ftp.command(line)
        if found is None:
            return
        name, argument = found
        flow = self._flow
        if len(name) > ftp.MAX_COMMAND:
            if self.name in flow.services and not self._too_long:
                self._too_long = True
                flow.weird(ts, "FTP_max_command_length_exceeded", str(len(name)), "FTP")
                flow.violations += 1
            return
        flow.confirm(self.name)
        if self._lost:  # no telling which replies those were: begin anew
            self._lost = False
            while self._pending:
                self._write(self._pending.popleft())
        waiting = _Command(ts, name)
        if name == "USER":
            self._user = ftp.text(argument)[:MAX_USER]
            waiting.argument = self._user
        elif name in _SECRET:
            secret = ftp.text(argument)
            waiting.secret = secret[:MAX_SECRET]
            if name == "PASS":
                waiting.lists = dictionaries(self._user or "", secret)
        else:
            waiting.argument = self._argument(name, ftp.text(argument))
        if name == "CWD":
            waiting.path = ftp.join(self._directory, ftp.text(argument))[:MAX_DIRECTORY]
        elif name == "AUTH":
            self._auth = argument.decode("ascii", "replace").strip().upper()[:16]
        elif name == "ADAT":
            self._adat(ts, True, argument)
            waiting.argument = ""
        elif name in {"PORT", "EPRT"}:
            end = (ftp.six_numbers if name == "PORT" else ftp.extended)(waiting.argument)
            waiting.channel = self._expect(end, passive=False)
        elif name in _TRANSFERS and self._channel is not None:
            waiting.channel = self._channel
            self._channel.filename = ftp.text(argument).rpartition("/")[2] or None
        if len(self._pending) < MAX_PENDING:
            self._pending.append(waiting)
        elif not self._too_many:
            self._too_many = True
            flow.weird(ts, "FTP_too_many_pending_commands", str(len(self._pending)), "FTP")

    def _argument(self, name: str, argument: str) -> str:
        """As logged: a file's as a URL."""
        if name not in _FILES:
            return argument[:MAX_ARGUMENT]
        host = f"[{self._flow.resp_h}]" if ":" in self._flow.resp_h else self._flow.resp_h
        path = ftp.join(self._directory, argument)
        return f"ftp://{host}{'' if path.startswith('/') else '/'}{path}"[:MAX_ARGUMENT]

    # -- the server ---------------------------------------------------------------------------------------------------

    def _reply(self, ts: float, line: bytes) -> None:
        found = self._replies.line(line)
        if found is None:
            return
        code, message = found
        flow = self._flow
        if code == 0:
            # as Zeek: a server that answers without a code does not speak FTP, whatever was said before
            if self.name in flow.services:
                flow.services.remove(self.name)
            flow.done = True
            return
        if not self._pending:
            return
        if self._pending[0].name == _GREETING and len(self._pending) > 1 and code not in _GREETINGS:
            self._pending.popleft()  # it came before the capture
        waiting = self._pending[0]
        waiting.code = code
        if waiting.secret:
            whole = len(waiting.secret) < MAX_SECRET
            message = message.replace(waiting.secret, "<hidden>") if whole else "<hidden>"
        waiting.message = message[:MAX_MESSAGE]
        self._answered(waiting, code, message)
        if code in {235, 334, 335} and self._auth == "GSSAPI":
            self._secured(ts, code, message)
        if code >= 200:
            waiting.secret = ""
            self._pending.popleft()
            self._write(waiting)
        if code == 234 and self._auth in _TLS:
            flow.hand_over = ""

    def _answered(self, waiting: _Command, code: int, message: str) -> None:
        """What a reply tells beyond its words."""
        name = waiting.name
        if (code == 150 and name == "RETR") or (code == 213 and name == "SIZE"):
            waiting.size = ftp.size(code, message)
            if waiting.channel is not None and name == "RETR":
                waiting.channel.size = waiting.size
        elif (code == 227 and name == "PASV") or (code == 229 and name == "EPSV"):
            end = (ftp.six_numbers if code == 227 else ftp.extended)(message)
            waiting.channel = self._expect(end, passive=True)
        elif name == "CWD" and code == 250:
            self._directory = waiting.path
        elif name in {"CDUP", "XCUP"} and code in {200, 250}:
            self._directory = ftp.join(self._directory, "..")[:MAX_DIRECTORY]
        elif name in {"PWD", "XPWD"} and code == 257:
            self._directory = (ftp.quoted(message) or self._directory)[:MAX_DIRECTORY]

    def _expect(self, end: ftp.End | None, passive: bool) -> Channel | None:
        """A data connection is announced."""
        if end is None:
            return None
        flow = self._flow
        host = end.host or (flow.resp_h if passive else flow.orig_h)
        self._channel = Channel(passive, flow.orig_h if passive else flow.resp_h, host, end.port)
        if host in (flow.orig_h, flow.resp_h):  # else anyone could have other machines' connections read as files
            flow.session.expect(host, end.port, "tcp", FtpDataAnalyzer.name, self._channel)
        return self._channel

    # -- GridFTP: TLS inside the replies (RFC 2228) -------------------------------------------------------------------

    def _secured(self, ts: float, code: int, message: str) -> None:
        if code == 334 and self._tls is None:
            flow = self._flow
            ends = (flow.orig_h, flow.orig_p), (flow.resp_h, flow.resp_p)
            inner = Flow(flow.session, flow.uid, flow.ts, flow.proto, *ends)
            inner.services = flow.services
            self._tls = inner, SslAnalyzer(inner)
        if message.startswith("ADAT="):
            self._adat(ts, False, message[5:].encode("ascii", "replace"))
        if code == 235 and self._tls is not None:
            if "ssl" in self._flow.services:
                self._flow.confirm("gridftp")
            self._tls[1].end(ts)
            self._tls = None
            self._auth = ""

    def _adat(self, ts: float, is_orig: bool, token: bytes) -> None:
        if self._tls is None or self._tls[0].done:
            return
        try:
            self._tls[1].data(ts, is_orig, a2b_base64(token))
        except Error:
            self._tls[0].done = True

    # -- the record ---------------------------------------------------------------------------------------------------

    def _write(self, done: _Command) -> None:
        name, code, channel = done.name, done.code, done.channel
        if name == "USER" and code is not None and code not in _MORE_LOGIN:
            pass  # let in, or not, without a password
        elif name not in _LOGGED:
            return
        announced = channel if name in {"PORT", "EPRT", "PASV", "EPSV"} else None
        file = channel if name in _TRANSFERS else None
        self._flow.write(
            FtpRecord(
                ts=done.ts,
                **self._flow.id,
                user=self._user,
                command=name,
                arg=done.argument or None,
                mime_type=file.mime_type if file else None,
                file_size=done.size,
                reply_code=code,
                reply_msg=done.message or None,
                data_passive=announced.passive if announced else None,
                data_orig_h=announced.orig_h if announced else None,
                data_resp_h=announced.resp_h if announced else None,
                data_resp_p=announced.resp_p if announced else None,
                fuid=file.fuid if file else None,
                dictionary=done.lists or None,
            )
        )


class FtpDataAnalyzer:
    """A data connection, announced by a control connection: one file."""

    name: ClassVar[str] = "ftp-data"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._tap: FileTap | None = None
        self._sender = False
        flow.confirm(self.name)

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Never: it is only expected."""
        return False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """More of the file."""
        self._file(ts, is_orig).data(ts, data)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """A part of it was not captured."""
        self._file(ts, is_orig).gap(ts, size)

    def eof(self, ts: float, is_orig: bool) -> None:
        """Where its sender has closed, it is whole."""
        if self._tap is not None and is_orig == self._sender:
            self._finish(ts, timedout=False)

    def end(self, ts: float) -> None:
        """Write its record."""
        self._finish(ts, timedout=True)

    def _finish(self, ts: float, timedout: bool) -> None:
        tap, channel = self._tap, self._flow.context
        if tap is None:
            return
        if isinstance(channel, Channel):
            tap.filename = channel.filename
            tap.total = channel.size
        tap.end(ts, timedout)
        if isinstance(channel, Channel):
            channel.mime_type = tap.mime_type

    def _file(self, ts: float, is_orig: bool) -> FileTap:
        if self._tap is None:
            self._sender = is_orig
            channel = self._flow.context
            filename = channel.filename if isinstance(channel, Channel) else None
            self._tap = FileTap(self._flow, "FTP_DATA", is_orig, ts, filename)
            if isinstance(channel, Channel):
                channel.fuid = self._tap.fuid
        return self._tap
