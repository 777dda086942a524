"""The network virtual terminal (RFC 854): one direction of a telnet connection as lines of text.

Commands and option negotiation (RFC 855) are taken out, terminal escapes (ECMA-48) too, and erased characters are
erased, by backspace as by the telnet command for it. What a line holds depends on the bytes alone, however they are
split.
"""

import re
from typing import Final

MAX_LINE: Final = 512
"""Bytes of a line that are kept, its last ones: prompts stand at its end. Names and commands are far shorter."""
MAX_SUBNEGOTIATION: Final = 1024
"""Bytes of a subnegotiation. Real ones (X display, environment) stay under it; what is longer was none, and is text
from there on, so that nobody hides a session in one that never ends."""

IAC: Final = 0xFF
_SE: Final = 0xF0
_SB: Final = 0xFA
_WILL: Final = 0xFB
_KEYS: Final = {0xF3: b"\x03", 0xF4: b"\x03", 0xF7: b"\x08", 0xF8: b"\x15"}
"""Break, interrupt process, erase character and erase line, as the keys that do the same."""
_OPTIONS: Final = frozenset((*range(50), 138, 139, 140, 255))
"""Telnet options that IANA lists."""

# where `_strip` stands in the bytes
_TEXT, _COMMAND, _OPTION, _SUB, _SUB_COMMAND = range(5)

_TOKEN: Final = re.compile(
    rb"([^\x00-\x1f\x7f]+)"
    rb"|(\r\n|\r|\n)"
    rb"|(\x1b\[[0-?]{0,32}[ -/]{0,2}[@-~]"  # control sequence
    rb"|\x1b[\]PX^_][^\x00-\x1f]{0,80}(?:\x07|\x1b\\)"  # a string: window titles and the like
    rb"|\x1bO[@-~]|\x1b[ -/]{1,2}[0-~]|\x1b[0-NQ-WYZ\\`-~])"
    rb"|([\x00-\x1f\x7f])"
)
_BEGUN: Final = re.compile(rb"\x1b(?:\[[0-?]{0,32}[ -/]{0,2}|[\]PX^_][^\x00-\x1f]{0,80}\x1b?|O|[ -/]{0,2})")
"""An escape sequence of which only the beginning is there."""


class Nvt:
    """Takes telnet's commands out of one direction, wherever it is cut.

    negotiated : whether options that there are were negotiated in it
    overlong : whether a subnegotiation was too long to be one
    """

    __slots__ = ("_keys", "_state", "_sub", "negotiated", "overlong")

    def __init__(self, keys: bool = False) -> None:
        """``keys`` puts the key in the place of a command that stands for one."""
        self.negotiated = False
        self.overlong = False
        self._keys = keys
        self._state = _TEXT
        self._sub = 0

    def gap(self) -> None:
        """Bytes are missing here."""
        self._state = _TEXT

    def text(self, data: bytes) -> bytes:
        """The text in ``data``."""
        if not self._state and IAC not in data:
            return data
        out = bytearray()
        i = 0
        state = self._state
        while i < len(data):
            if state == _TEXT:
                at = data.find(IAC, i)
                if at < 0:
                    out += data[i:]
                    break
                out += data[i:at]
                i = at + 1
                state = _COMMAND
            elif state == _COMMAND:
                code = data[i]
                i += 1
                state = _TEXT
                if code == IAC:
                    out.append(IAC)
                elif code >= _WILL:
                    state = _OPTION
                elif code == _SB:
                    state = _SUB
                    self._sub = 0
                elif self._keys:
                    out += _KEYS.get(code, b"")
            elif state == _OPTION:
                self.negotiated = self.negotiated or data[i] in _OPTIONS
                i += 1
                state = _TEXT
            elif state == _SUB:
                if not self._sub and data[i] in _OPTIONS:
                    self.negotiated = True
                at = data.find(IAC, i)
                size = (at if at >= 0 else len(data)) - i
                if self._sub + size > MAX_SUBNEGOTIATION:
                    i += max(0, MAX_SUBNEGOTIATION - self._sub)
                    state = _TEXT
                    self.overlong = True
                    continue
                self._sub += size
                i += size
                if at >= 0:
                    i += 1
                    state = _SUB_COMMAND
            elif data[i] in {_SE, IAC}:
                state = _TEXT if data[i] == _SE else _SUB
                self._sub += 2
                i += 1
            else:
                state = _COMMAND  # a subnegotiation that was never closed: this begins something new
        self._state = state
        return bytes(out)


class Terminal:
    """One direction, fed with bytes.

    spoke : whether anything but blanks came since the last `cut`
    anew : whether all of the line that is not complete yet was erased once
    """

    __slots__ = ("_begun", "_keyboard", "_line", "_nvt", "_return", "anew", "spoke")

    def __init__(self, keyboard: bool) -> None:
        """``keyboard`` says that somebody types here: the keys that erase a word or a line do so."""
        self.spoke = False
        self.anew = False
        self._keyboard = keyboard
        self._nvt = Nvt(keys=True)
        self._begun = b""
        self._return = False
        self._line = bytearray()

    def feed(self, data: bytes) -> list[tuple[str, bool]]:
        """The lines that ``data`` completes.

        Each with: of a keyboard, whether all of it was erased once; of a screen, whether a line end completed it, or
        else the cursor moved elsewhere.
        """
        lines: list[tuple[str, bool]] = []
        data = self._nvt.text(data)
        if self._begun:
            data = self._begun + data
            self._begun = b""
        for match in _TOKEN.finditer(data):
            kind = match.lastindex
            if kind == 1:
                self._return = False
                self.spoke = self.spoke or not match[1].isspace()
                self._add(match[1])
            elif kind == 2:
                end = match[2]
                if end == b"\n" and self._return:
                    self._return = False
                    continue
                self._return = end == b"\r"
                lines.append((self.rest, self.anew or not self._keyboard))
                self._line.clear()
                self.anew = False
            elif kind == 3:
                self._return = False
                if not self._keyboard and match[3][1] == 0x5B and match[3][-1] in b"HfJ":  # another place on the screen
                    lines.append((self.rest, False))
                    self._line.clear()
            else:
                if match[4] == b"\x1b" and _BEGUN.fullmatch(data, match.start()):
                    self._begun = data[match.start() :]
                    break
                self._control(match[4][0])
        return lines

    @property
    def negotiated(self) -> bool:
        """Whether options were negotiated in this direction."""
        return self._nvt.negotiated

    @property
    def overlong(self) -> bool:
        """Whether a subnegotiation was too long to be one."""
        return self._nvt.overlong

    @property
    def rest(self) -> str:
        """The line that is not complete yet."""
        return self._line.decode("utf-8", "backslashreplace")

    @property
    def busy(self) -> bool:
        """Whether a line is begun."""
        return bool(self._line)

    def cut(self) -> None:
        """What it holds so far was read: forget it."""
        self._line.clear()
        self.spoke = False

    def gap(self) -> None:
        """Bytes are missing here: nothing goes on across it."""
        self._nvt.gap()
        self._begun = b""
        self._return = False
        self._line.clear()

    def _add(self, text: bytes) -> None:
        self._line += text[-MAX_LINE:]
        if len(self._line) > MAX_LINE:
            del self._line[:-MAX_LINE]

    def _control(self, code: int) -> None:
        if code != 0:
            self._return = False
        if code == 0x09:
            self._add(b" ")
            return
        if code in {0x08, 0x7F}:
            del self._line[-1:]
        elif not self._keyboard or code not in {0x03, 0x15, 0x17}:
            return
        else:  # of the last word, or of all
            del self._line[self._line.rstrip().rfind(b" ") + 1 if code == 0x17 else 0 :]
        self.anew = self.anew or (self._keyboard and not self._line)


def negotiates(head: bytes) -> bool | None:
    """Whether a direction begins with telnet negotiation: an option that exists, offered, asked for or talked about.

    None: that takes more bytes.
    """
    if head[:1] != b"\xff":
        return False if head else None
    if len(head) < 3:
        return None if len(head) == 1 or (head[1] >= _SB and head[1] != IAC) else False
    if not _SB <= head[1] < IAC or head[2] not in _OPTIONS:
        return False
    # UTF-16 text begins with FF FE and has a NUL at every other place
    return not (head[1] == 0xFE and head[3:4] == b"\0")
