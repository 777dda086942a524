"""``irc.log`` as Zeek has it, ``irc_message.log``: what is said over IRC, and the files offered over DCC."""

from dataclasses import dataclass
from typing import ClassVar, Final

from botwarden.core.records.irc import IrcMessageRecord, IrcRecord
from botwarden.protocols import irc
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.file import FileTap
from botwarden.protocols.lines import Lines

MAX_MESSAGES: Final = 64
"""Messages of a connection that are written."""
MAX_COMMANDS: Final = 256
"""NICK, USER and JOIN of a connection that are written: a client has a handful, one that scans channels many."""
MAX_OFFERS: Final = 16
"""Files offered on a connection that are waited for."""
MAX_STRANGE: Final = 20
"""Lines in a row that are no messages: more, and it is not IRC."""
MAX_TEXT: Final = 200
MAX_NAME: Final = 64
MAX_VALUE: Final = 256
"""Characters of a message's words, of a name, of anything else."""

_TALK: Final = frozenset(("PRIVMSG", "NOTICE", "TOPIC"))
_TOPIC_REPLY: Final = "332"


@dataclass(slots=True)
class Client:
    """What a connection's client is called, and what was logged of it last: a file's line repeats it, as in Zeek."""

    flow: Flow
    nick: str | None = None
    user: str | None = None
    value: str | None = None
    addl: str | None = None


@dataclass(slots=True)
class Expected:
    """A file that was offered."""

    client: Client
    ts: float
    filename: str
    size: int | None


class IrcAnalyzer:
    """A client's connection to a server."""

    name: ClassVar[str] = "irc"
    tcp_ports: ClassVar[frozenset[int]] = frozenset(range(6660, 6670))
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._lines = {True: Lines(irc.MAX_LINE), False: Lines(irc.MAX_LINE)}
        self._client = Client(flow)
        self._strange = 0
        self._messages = 0
        self._commands = 0
        self._offers = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A client that registers or talks, or a server that greets one."""
        return irc.begins(head, is_orig) if proto == "tcp" else False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        for line in self._lines[is_orig].feed(data):
            said = irc.message(line)
            if said is not None:
                self._strange = 0
                self._said(ts, is_orig, said)
            elif line.strip():
                self._strange += 1
                if self._strange > MAX_STRANGE:
                    self._flow.done = True
            if self._flow.done or self._flow.hand_over is not None:
                return

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """A line is not put together across it."""
        self._lines[is_orig].gap()

    def eof(self, ts: float, is_orig: bool) -> None:
        """A direction is over."""

    def end(self, ts: float) -> None:
        """Nothing is pending."""

    def _said(self, ts: float, is_orig: bool, said: irc.Message) -> None:
        if is_orig:
            self._flow.confirm(self.name)
        command, parameters = said.command, said.parameters
        if command in _TALK:
            self._talk(ts, is_orig, said)
        elif not is_orig:
            if command == _TOPIC_REPLY and len(parameters) >= 3:
                self._write(ts, False, "TOPIC", said.sender, parameters[1], parameters[2])
            elif command == "670":  # STARTTLS may begin
                self._flow.hand_over = ""
        elif parameters and self._commands < MAX_COMMANDS:
            if command == "NICK":
                self._log(ts, command, parameters[0], self._client.addl)
                self._client.nick = parameters[0][:MAX_NAME]
            elif command == "USER" and len(parameters) >= 4:
                words = parameters[3].split(" ")
                # joined as Zeek joins them
                name = words[0] if len(words) == 1 else words[0] + "".join(f"{word} " for word in words[1:])
                self._log(ts, command, parameters[0], f"{parameters[1]} {parameters[2]} {name}")
                self._client.user = parameters[0][:MAX_NAME]
            elif command == "JOIN":
                for channel in parameters[0].split(","):
                    if channel:  # the key of a channel is a password: it is not kept
                        self._log(ts, command, channel, "")

    def _log(self, ts: float, command: str, value: str, addl: str | None) -> None:
        if self._commands >= MAX_COMMANDS:
            return
        self._commands += 1
        client = self._client
        client.value = value[:MAX_VALUE]
        client.addl = None if addl is None else addl[:MAX_VALUE]
        self._flow.write(
            IrcRecord(
                ts=ts,
                **self._flow.id,
                nick=client.nick,
                user=client.user,
                command=command,
                value=client.value,
                addl=client.addl,
            )
        )

    def _talk(self, ts: float, is_orig: bool, said: irc.Message) -> None:
        if len(said.parameters) < 2:
            return
        if said.command == "NOTICE" and not is_orig and not said.user:
            return  # of the server: how far the registration is
        target, words = said.parameters[0], said.parameters[1]
        sender = self._client.nick if is_orig else said.sender
        self._write(ts, is_orig, said.command, sender, target, words)
        if said.command == "PRIVMSG":
            offer = irc.offer(words)
            if offer is not None and self._offers < MAX_OFFERS:
                self._offers += 1
                expected = Expected(self._client, ts, offer.filename, offer.size)
                self._flow.session.expect(offer.host, offer.port, "tcp", IrcDataAnalyzer.name, expected)

    def _write(self, ts: float, is_orig: bool, command: str, sender: str | None, target: str, words: str) -> None:
        if self._messages >= MAX_MESSAGES:
            return
        self._messages += 1
        self._flow.write(
            IrcMessageRecord(
                ts=ts,
                **self._flow.id,
                is_orig=is_orig,
                command=command,
                sender=(sender or "")[:MAX_NAME] or None,
                target=target[:MAX_NAME] or None,
                text=irc.without_password(target, words)[:MAX_TEXT],
            )
        )


class IrcDataAnalyzer:
    """A file sent over DCC: it is told with the connection on which it was offered."""

    name: ClassVar[str] = "irc-dcc-data"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._tap: FileTap | None = None
        flow.confirm(self.name)

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Never: it is only expected."""
        return False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """More of the file from who was connected to; what comes back only counts the bytes."""
        if not is_orig:
            self._file(ts).data(ts, data)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """A part of it was not captured."""
        if not is_orig:
            self._file(ts).gap(ts, size)

    def eof(self, ts: float, is_orig: bool) -> None:
        """Where its sender has closed, it is whole."""
        if not is_orig and self._tap is not None:
            self._finish(ts, timedout=False)

    def end(self, ts: float) -> None:
        """Write its records."""
        if self._tap is not None:
            self._finish(ts, timedout=True)

    def _file(self, ts: float) -> FileTap:
        if self._tap is None:
            expected = self._flow.context
            filename, size = (expected.filename, expected.size) if isinstance(expected, Expected) else (None, None)
            self._tap = FileTap(self._flow, "IRC_DATA", False, ts, filename, size)
        return self._tap

    def _finish(self, ts: float, timedout: bool) -> None:
        tap, expected = self._tap, self._flow.context
        if tap is None:
            return
        tap.end(ts, timedout)
        if isinstance(expected, Expected):
            self._flow.context = None
            client = expected.client
            self._flow.write(
                IrcRecord(
                    ts=expected.ts,
                    **client.flow.id,
                    nick=client.nick,
                    user=client.user,
                    command="DCC",
                    value=client.value,
                    addl=client.addl,
                    dcc_file_name=expected.filename,
                    dcc_file_size=expected.size,
                    dcc_mime_type=tap.mime_type,
                    fuid=tap.fuid,
                )
            )
