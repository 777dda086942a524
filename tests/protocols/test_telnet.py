import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.telnet import MAX_LINE, MAX_SUBNEGOTIATION, Terminal, negotiates


def screen(data: bytes, size: int = 0) -> tuple[list[tuple[str, bool]], str]:
    return read(Terminal(keyboard=False), data, size)


def typed(data: bytes, size: int = 0) -> tuple[list[str], str]:
    lines, rest = read(Terminal(keyboard=True), data, size)
    return [text for text, _ in lines], rest


def read(terminal: Terminal, data: bytes, size: int) -> tuple[list[tuple[str, bool]], str]:
    lines: list[tuple[str, bool]] = []
    for i in range(0, len(data), size or max(1, len(data))):
        lines += terminal.feed(data[i : i + size] if size else data)
    return lines, terminal.rest


def test_lines_and_the_prompt_behind_them() -> None:
    assert screen(b"one\r\ntwo\nthree\rfour\r\0login: ") == (
        [("one", True), ("two", True), ("three", True), ("four", True)],
        "login: ",
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xfd\x18\xff\xfb\x01login: ", "login: "),
        (b"lo\xff\xfd\x18gin: ", "login: "),
        (b"a\xff\xffb", "a\\xffb"),  # IAC IAC is the byte itself
        (b"a\xff\xfa\x18\0xterm\xff\xf0b", "ab"),
        (b"a\xff\xfa\x18\0x\xff\xffm\xff\xf0b", "ab"),  # the byte 255 in a subnegotiation
        (b"a\xff\xfa\x18\0xterm\xff\xfd\x01b", "ab"),  # one that is not closed, and then an option
        (b"a\xff\xf1b\xff\xf9c", "abc"),  # no operation, go ahead
        ("Contraseña: ".encode(), "Contraseña: "),
        (b"\xe9t\xe9: ", "\\xe9t\\xe9: "),
    ],
)
def test_commands_are_taken_out(data: bytes, text: str) -> None:
    for size in range(4):
        assert screen(data, size) == ([], text)


def test_knows_that_options_were_negotiated() -> None:
    for data, expected in (
        (b"hello", False),
        (b"\xff\xf1", False),
        (b"\xff\xfb", False),
        (b"\xff\xfb\x01", True),
        (b"\xff\xfbB", False),
        (b"\xff\xfaB", False),
        (b"\xff\xfa\x18", True),
    ):
        terminal = Terminal(keyboard=False)
        terminal.feed(data)
        assert terminal.negotiated is expected


def test_a_subnegotiation_that_never_ends_hides_nothing_for_long() -> None:
    data = b"\xff\xfa\x18" + b"x" * (MAX_SUBNEGOTIATION - 1) + b"root\r\n"
    for size in (0, 1, 100):
        assert typed(data, size) == (["root"], "")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"rot\x7fot", "root"), (b"rot\bot", "root"), (b"\b\b\bx", "x"), (b"abc\x15root", "root"), (b"abc\x03x", "x"),
        (b"one two\x17three", "one three"), (b"one \x17\x17x", "x"), (b"rot\xff\xf7ot", "root"),
        (b"abc\xff\xf8root", "root"), (b"a\tb", "a b"), (b"\x1b[24;5Rls\x1bOA", "ls"), (b"a\x01\x02b", "ab"),
    ],
)  # fmt: skip
def test_a_keyboard_erases(data: bytes, text: str) -> None:
    for size in range(4):
        assert typed(data, size) == ([], text)


def test_a_screen_erases_only_backwards() -> None:
    assert screen(b"rot\b \boot") == ([], "rooot")
    assert screen(b"a\x15\x03b") == ([], "ab")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b[1;31mlogin:\x1b[0m ", "login: "), (b"/ # \x1b[6n", "/ # "), (b"\x1b]0;title\x07$ ", "$ "),
        (b"\x1b]0;title\x1b\\$ ", "$ "), (b"\x1b(B\x1b7\x1b[?25h> ", "> "), (b"\x1b[", ""), (b"a\x1b", "a"),
        (b"\x1b\x1b[0mx", "x"), (b"\x1b[999999999999999999999999999999999999999mx", "[" + "9" * 39 + "mx"),
    ],
)  # fmt: skip
def test_escapes_are_taken_out(data: bytes, text: str) -> None:
    for size in range(5):
        assert screen(data, size) == ([], text)


def test_another_place_on_the_screen_begins_a_line() -> None:
    for size in range(4):
        lines, rest = screen(b"Username: \x1b[24;11H\x1b[2Jnew", size)
        assert (lines, rest) == ([("Username: ", False), ("", False)], "new")
        assert typed(b"ab\x1b[Hcd", size) == ([], "abcd")  # the Home key


def test_what_was_read_can_be_cut() -> None:
    terminal = Terminal(keyboard=False)
    terminal.feed(b"login: ")
    assert terminal.busy and terminal.spoke
    terminal.cut()
    assert not terminal.busy and not terminal.spoke
    terminal.feed(b"  ")
    assert terminal.busy and not terminal.spoke
    terminal.feed(b"root")
    assert terminal.rest == "  root"


def test_nothing_goes_on_across_a_gap() -> None:
    terminal = Terminal(keyboard=False)
    terminal.feed(b"abc\xff\xfa\x18")
    terminal.gap()
    assert terminal.feed(b"def\r\n") == [("def", True)]


def test_a_line_keeps_its_end() -> None:
    for size in (0, 1, 999):
        lines, _ = screen(b"x" * 100_000 + b"login: \r\n", size)
        ((text, _),) = lines
        assert len(text) == MAX_LINE
        assert text.endswith("xlogin: ")


def test_tells_negotiation_by_its_first_bytes() -> None:
    assert negotiates(b"") is None
    assert negotiates(b"\xff") is None
    assert negotiates(b"\xff\xfb") is None
    assert negotiates(b"\xff\xfb\x01") is True
    assert negotiates(b"\xff\xfa\x27") is True
    assert negotiates(b"\xff\xfe\x01\xff") is True
    for head in (b"x", b"\xff\xff", b"\xff\xf1", b"\xff\xd8\xff", b"\xff\xfb\x60", b"\xff\xfe1\0"):
        assert negotiates(head) is False


PIECES = st.sampled_from(
    [b"\xff", b"\xfa", b"\xf0", b"\xfb\x01", b"\r", b"\n", b"\0", b"\x1b", b"[", b"H", b"2J", b"]", b"\x07", b"O", b"A",
     b"\b", b"\x15", b"\x17", b"\x03", b"a", b" ", b"\t", b"\xc3\xa9", b"x" * 300, b"\x1b[" + b"1" * 31, b"("]
)  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=5)).map(b"".join), st.booleans(), st.integers(1, 9))
def test_any_bytes_give_the_same_however_split(data: bytes, keyboard: bool, size: int) -> None:
    whole, split = Terminal(keyboard), Terminal(keyboard)
    assert read(whole, data, 0) == read(split, data, size)
    assert (whole.negotiated, whole.spoke, whole.anew) == (split.negotiated, split.spoke, split.anew)
    assert len(whole._line) <= MAX_LINE
