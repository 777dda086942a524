"""Telnet sessions, on any port: who tried to log in, whether it worked, and what was typed then.

The server's text is read when the client begins its next line: what stands last on the screen at that moment is what
the line answers, however the text was cut into packets. Passwords are looked up in the known lists at once and dropped.

What a line answers decides what becomes of it: only what is typed at a shell's prompt, or can be nothing but a command,
is kept as one. So a password is not taken for a command where a prompt is strange, missing or in an unknown language.
"""

from typing import ClassVar, Final

from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.text import printable
from botwarden.protocols.analyzer import HEAD, Flow
from botwarden.protocols.logins import MAX_USER, Logins, Stage
from botwarden.protocols.prompts import Prompt, host, prompt, refuses, welcomes
from botwarden.protocols.shell import Typed, is_command, is_script_word, may_ask
from botwarden.protocols.telnet import IAC, Terminal, negotiates

MAX_BANNER: Final = 200
"""Characters of the banner."""
MAX_BYTES: Final = 16_777_216
"""Bytes of a session that are read: an hour of typing is far less."""
_REFUSAL_LINES: Final = 6
"""A refusal stands in the first lines after a login; later ones may be news that contain its words."""
_WELCOME_LINES: Final = 64
"""A welcome may come after the news of the day."""
_ECHOES: Final = 32
"""Lines of the client whose echo is recognised, by their hashes."""

_FIRST_BYTES: Final = frozenset((3, 4, 7, 8, 9, 10, 12, 13, 27, *range(32, 256)))
"""What a direction of a telnet session may begin with."""
_TEXT_BYTES: Final = bytes((7, 8, 9, 10, 12, 13, 27, *range(32, 256)))
_OTHERS: Final = (
    b"SSH-", b"HTTP/", b"* ", b"+OK", b"-ERR", b"RFB ", b":", b"{", b"[", b"<", b"@RSYNCD", b"AMQP", b"ERROR ",
)  # fmt: skip
"""How servers of other text protocols begin."""
_KNOWN: Final = frozenset({Prompt.LOGIN, Prompt.SECRET, Prompt.NEW_SECRET, Prompt.SHELL})


class TelnetAnalyzer:
    """One telnet session; it writes one `TelnetRecord` at its end."""

    name: ClassVar[str] = "telnet"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({23, 26, 2323, 6789, 8023, 9527, 10023, 23023, 23231})
    """Telnet's own, the ports that Mirai's kin scan for it, and those where recorders have their console."""
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._client = Terminal(keyboard=True)
        self._server = Terminal(keyboard=False)
        self._logins = Logins()
        self._typed = Typed()
        self._seen = [False, False]
        self._bytes = 0
        self._sure = False
        self._overlong = False
        self._closed_by: bool | None = None
        self._banner: str | None = None
        # the screen: what the server said since the client's last line
        self._last = ""
        self._ended = False
        self._lines = 0
        self._refused = False
        self._welcomed = False
        self._spoke_ts: float | None = None
        # the client's line
        self._asked = Prompt.NOTHING
        self._question = ""
        self._typing = False
        self._entered = False
        self._unclear = False
        self._echoes: dict[int, None] = {}
        self._ahead = False
        self._candidate: str | None = None
        self._blind = False
        self._inside = False

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Negotiation in either direction; or a server that asks for a login, and is nothing else."""
        if proto != "tcp":
            return False
        answer = negotiates(head)
        if answer is not False:
            return answer
        if head[0] not in _FIRST_BYTES or head[0] == IAC or head.startswith(_OTHERS):
            return False
        if head.translate(None, _TEXT_BYTES) and head.replace(b"\r\0", b"\r").translate(None, _TEXT_BYTES):
            return False
        if head[:3].isdigit() and head[3:4] in {b" ", b"-"}:  # FTP, SMTP, NNTP
            return False
        if is_orig:
            return None if len(head) <= MAX_USER else False
        line = head[max(head.rfind(b"\n"), head.rfind(b"\r")) + 1 :].decode("utf-8", "replace")
        asked = prompt(line, False)
        if asked in {Prompt.LOGIN, Prompt.SECRET}:
            return True
        if asked is Prompt.SHELL and (b"BusyBox" in head or (len(head) <= 80 and line.rstrip()[-1] in "#$")):
            return True
        return None if len(head) < HEAD else False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        if not self._seen[is_orig] and data:
            self._seen[is_orig] = True
            if data[0] not in _FIRST_BYTES and not self._sure:
                self._flow.done = True
                return
        self._bytes += len(data)
        terminal = self._client if is_orig else self._server
        lines = terminal.feed(data)
        if terminal.negotiated and not self._sure:
            self._is_telnet()
        if terminal.overlong and not self._overlong:
            self._overlong = True
            self._flow.weird(ts, "telnet_option_too_long", source="TELNET")
            self._flow.violations += 1
        if is_orig:
            self._type(ts, lines)
        else:
            self._say(ts, lines)
        if self._bytes > MAX_BYTES or (self._typed.full and self._inside):
            self._flow.done = True

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Bytes are missing: a line is not put together across them, and a password among them is not known."""
        if is_orig:
            self._client.gap()
            self._typing = False
            self._unclear = True
            self._logins.unknown()
        else:
            self._server.gap()

    def eof(self, ts: float, is_orig: bool) -> None:
        """A direction is over."""
        if self._closed_by is None:
            self._closed_by = is_orig

    def end(self, ts: float) -> None:
        """Judge the last login and write the record."""
        self._look(ts, final=True)
        if not self._sure:
            return
        logins = self._logins
        self._typed.settle(taken=not logins.attempts)
        self._flow.write(
            TelnetRecord(
                ts=self._flow.ts,
                **self._flow.id,
                attempts=logins.attempts,
                passwords=logins.passwords,
                users=tuple(logins.users) or None,
                user=logins.user or None,
                dictionary=tuple(sorted(logins.dictionaries)) or None,
                dictionary_attempts=logins.listed,
                refused=logins.refused,
                success=logins.success,
                success_dictionary=logins.success_lists or None,
                login_ts=logins.login_ts,
                banner=self._banner,
                commands=tuple(self._typed.commands) or None,
                tokens=tuple(self._typed.tokens) or None,
                negotiated=self._client.negotiated or self._server.negotiated,
            )
        )

    def _is_telnet(self) -> None:
        self._sure = True
        self._flow.confirm(self.name)

    # -- the server ---------------------------------------------------------------------------------------------------

    def _say(self, ts: float, lines: list[tuple[str, bool]]) -> None:
        if self._spoke_ts is None and self._server.spoke:
            self._spoke_ts = ts
        for text, ended in lines:
            self._hear(ts, text.strip(), ended)

    def _hear(self, ts: float, line: str, ended: bool) -> None:
        """A line on the screen."""
        if not line or self._is_echo(line, ended):
            return
        trying = self._logins.stage
        if trying is Stage.TRIED and line.count("*") == len(line):  # a password, masked
            return
        if self._banner is None and not self._entered and (prompt(line, ended) not in _KNOWN or host(line)):
            self._banner = printable(line, MAX_BANNER)
        if trying is not Stage.NONE or self._candidate is not None:
            if self._lines < _REFUSAL_LINES and refuses(line):
                self._refused = True
            if self._lines < _WELCOME_LINES and welcomes(line):
                self._welcomed = True
        if self._typed.tokens and self._typed.answered(line) and self._logins.attempts:
            self._accept(ts)  # whatever was said before: there is a shell
        self._lines += 1
        self._last = line
        self._ended = ended

    def _is_echo(self, line: str, ended: bool) -> bool:
        """Whether a line is what the client typed, once; a prompt is none, though the client may have typed it too."""
        if hash(line) not in self._echoes or (not ended and prompt(line, False) in _KNOWN):
            return False
        del self._echoes[hash(line)]
        return True

    def _look(self, ts: float, final: bool = False) -> None:
        """Read the screen, when a line begins or all is over: what is asked, and what came of a login."""
        rest = self._server.rest.strip()
        erased = not self._lines and self._asked is not Prompt.NOTHING and prompt(rest, False) is Prompt.TEXT
        if erased and not final:
            return  # the echo of what was erased: the question is the same as before
        if rest:
            self._hear(ts, rest, False)
        if not self._lines and not final:
            return
        asked = prompt(self._last, self._ended) if self._lines else Prompt.NOTHING
        if asked in _KNOWN and not self._sure:
            self._is_telnet()
        self._judge(ts, asked, final)
        self._asked = asked
        if asked is Prompt.QUESTION:
            if self._inside and self._last == self._question:
                self._asked = Prompt.SHELL  # it asks the same again: so prompts a shell
            self._question = self._last
        self._unclear = False
        self._server.cut()
        self._last = ""
        self._lines = 0
        self._refused = self._welcomed = False
        self._spoke_ts = None

    def _judge(self, ts: float, asked: Prompt, final: bool) -> None:
        """What the screen says about the login that is under way."""
        stage = self._logins.stage
        if stage is Stage.NONE:
            self._judge_unseen(ts, asked)
        elif self._refused or asked is Prompt.LOGIN:
            self._refuse()
        elif asked is Prompt.SECRET:
            if stage is Stage.TRIED and not self._ahead:
                self._refuse()
        elif asked in {Prompt.SHELL, Prompt.NEW_SECRET} or self._welcomed:
            self._accept(ts)
        elif stage is Stage.TRIED:
            if asked is Prompt.NOTHING:
                if self._closed_by is False:
                    self._logins.hang_up()
            elif not final:
                self._accept(ts)  # output, and the client goes on

    def _judge_unseen(self, ts: float, asked: Prompt) -> None:
        """The same where a prompt was not understood, or came before the capture: the answer tells what a line was."""
        line, self._candidate = self._candidate, None
        if line is None or self._inside:
            return
        if asked is Prompt.SECRET and not self._refused:
            if may_ask(line):
                self._inside = True
            elif line and len(line) <= MAX_USER and not is_command(line):
                self._logins.name(line)
        elif self._refused:
            self._logins.unnamed()
            self._refuse()
        elif self._welcomed:
            self._logins.unnamed()
            self._accept(ts)

    def _accept(self, ts: float) -> None:
        self._logins.accept(ts if self._spoke_ts is None else self._spoke_ts)
        self._typed.settle(taken=True)
        self._inside = True

    def _refuse(self) -> None:
        self._logins.refuse()
        self._typed.settle(taken=False)

    # -- the client ---------------------------------------------------------------------------------------------------

    def _type(self, ts: float, lines: list[tuple[str, bool]]) -> None:
        typing = self._typing
        for text, anew in lines:
            if anew or not typing:
                self._look(ts)
            typing = False
            self._enter(ts, text)
        if self._client.busy or self._client.anew:
            if self._client.anew or not typing:
                self._look(ts)
            self._client.anew = False
        self._typing = self._client.busy

    def _enter(self, ts: float, text: str) -> None:
        """A line of the client is complete."""
        line = text.strip()
        if self._asked in {Prompt.NOTHING, Prompt.TEXT}:
            self._late_prompt(ts, line)
        asked, self._asked = self._asked, Prompt.NOTHING
        self._entered = True
        self._echoes[hash(line)] = None
        if len(self._echoes) > _ECHOES:
            del self._echoes[next(iter(self._echoes))]
        stage = self._logins.stage
        if self._unclear:
            self._unclear = False
        elif asked is Prompt.LOGIN:
            self._name(line)
        elif asked is Prompt.SECRET:
            self._password(text)
        elif asked is Prompt.NEW_SECRET:
            self._logins.passwords += 1
        elif stage is Stage.NAMED:
            if line:  # the client did not wait for the prompt, or the prompt is none that is known
                self._password(text, ahead=asked is Prompt.NOTHING)
        elif stage is Stage.TRIED:
            self._typed.hold(line)
        elif asked is Prompt.SHELL:
            self._inside = True
            self._blind = False
            self._typed.command(line)
        elif self._inside:
            commands = self._typed.commands
            if asked is not Prompt.QUESTION and (not commands or not may_ask(commands[-1]) or is_script_word(line)):
                self._typed.command(line)
        elif is_command(line):
            self._typed.hold(line)
        else:
            self._candidate = line

    def _late_prompt(self, ts: float, line: str) -> None:
        """See whether the prompt came while the line was typed already, and stands before its echo."""
        rest = self._server.rest.strip().removesuffix(line)
        if prompt(rest, False) in _KNOWN:
            self._server.cut()
            self._hear(ts, rest.strip(), False)
            self._look(ts)

    def _name(self, line: str) -> None:
        """A line at a login prompt."""
        self._inside = False
        self._blind = is_script_word(line, again=self._logins.attempts > 0)
        if self._blind:
            self._typed.note(line)
        elif line:
            self._logins.name(line)

    def _password(self, text: str, ahead: bool = False) -> None:
        """A line at a password's prompt: counted and looked up, and forgotten."""
        if self._blind:
            if is_command(text):
                self._typed.note(text)
        elif self._inside:  # su, enable, passwd
            self._logins.passwords += 1
        else:
            self._ahead = ahead
            self._logins.password(text)
