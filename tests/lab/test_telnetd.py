import shutil
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import plan, telnet, telnetd
from botwarden.lab.telnet import DO, IAC, SB, SE, WILL


def serve_here(monkeypatch: pytest.MonkeyPatch, folder: Path, command: list[str]) -> int:
    """The camera's telnet on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    monkeypatch.setattr(telnetd, "PORT", port)
    monkeypatch.setattr(telnetd, "find", lambda: command)
    said = telnetd.serve(["127.0.0.1"], "camera", folder / "state.json", folder)
    assert command or "stand-in" in said
    return port


def logins(port: int) -> list[bool]:
    assert plan.CAMERA.telnet is not None
    found = [telnet.attempt("127.0.0.1", *login, port) for login in (("root", "wrong"), plan.CAMERA.telnet)]
    with telnet.Session("127.0.0.1", port) as session:
        assert session.login(*plan.CAMERA.telnet)
        assert session.run(["/bin/busybox ECCHI"]) == 1
    return found


def test_the_stand_in_lets_in_who_knows_the_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert logins(serve_here(monkeypatch, tmp_path, [])) == [False, True]


def test_a_real_telnetd_does_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = telnetd.find()
    if not command:
        pytest.skip(f"no telnetd is installed, and ${telnetd.VARIABLE} names none")
    assert logins(serve_here(monkeypatch, tmp_path, command)) == [False, True]


def test_a_telnetd_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "telnetd"
    mine.touch()
    monkeypatch.setenv(telnetd.VARIABLE, str(mine))
    assert telnetd.find() == [str(mine), "-h"]
    monkeypatch.setenv(telnetd.VARIABLE, str(tmp_path / "none"))
    assert str(tmp_path) not in " ".join(telnetd.find())


def test_a_busybox_with_telnetd_serves_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    busybox = tmp_path / "busybox"
    busybox.write_text("#!/bin/sh\necho telnet; echo telnetd\n")
    busybox.chmod(0o700)
    monkeypatch.delenv(telnetd.VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: str(busybox) if name == "busybox" else None)
    assert telnetd.find() == [str(busybox), "telnetd", "-i", "-f", "/dev/null"]
    monkeypatch.setenv(telnetd.VARIABLE, str(busybox))
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    assert telnetd.find() == [str(busybox), "telnetd", "-i", "-f", "/dev/null"]


@given(
    st.lists(st.text("abc# ", max_size=12), min_size=1, max_size=4), st.sampled_from([b"\r\n", b"\n", b"\r\0", b"\r"])
)
def test_lines_are_read_whatever_ends_them(lines: list[str], end: bytes) -> None:
    near, far = socket.socketpair()
    with near, far:
        terminal = telnetd.Plain(far)
        near.sendall(b"".join(line.encode() + end for line in lines))
        near.shutdown(socket.SHUT_WR)
        assert [terminal.ask("? ") for _ in lines] == [line.strip() for line in lines]
        with pytest.raises(EOFError):
            terminal.ask("? ")


def test_commands_of_the_client_are_no_text() -> None:
    size = bytes([IAC, SB, 31, 0, 10, 0, 13, IAC, SE])  # of a window, of ten lines
    said = bytes([IAC, DO, 1]) + b"ro" + bytes([IAC, SB, 24, 0, 65, IAC, SE, IAC, WILL, 3]) + b"ot\r\n"
    near, far = socket.socketpair()
    with near, far:
        terminal = telnetd.Plain(far)
        for byte in size + said + size + b"secret\r\n":
            near.sendall(bytes([byte]))
        assert [terminal.ask("login: "), terminal.ask("Password: ")] == ["root", "secret"]


@given(st.binary(max_size=80))
def test_any_bytes_are_lines_or_none(data: bytes) -> None:
    near, far = socket.socketpair()
    with near, far:
        terminal = telnetd.Plain(far)
        near.sendall(data)
        near.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            for _ in range(len(data) + 1):
                terminal.ask("? ")


def test_who_never_stops_negotiating_is_hung_up_on() -> None:
    near, far = socket.socketpair()
    with near, far:
        threading.Thread(target=near.sendall, args=(bytes([IAC, DO, 1]) * 5_000,), daemon=True).start()
        with pytest.raises(EOFError):
            telnetd.Plain(far).ask("? ")


def test_who_says_nothing_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(telnetd, "MAX_SECONDS", 1.0)
    monkeypatch.setattr(telnetd, "MAX_SESSIONS", 1)
    dull = tmp_path / "telnetd"
    dull.write_text("#!/bin/sh\nexec sleep 600\n")
    dull.chmod(0o700)
    port = serve_here(monkeypatch, tmp_path, [str(dull)])
    with socket.create_connection(("127.0.0.1", port), 10) as silent:
        with socket.create_connection(("127.0.0.1", port), 10) as another:
            assert another.recv(1) == b""  # turned away while the first is there
        assert silent.recv(1) == b""  # and that one has its time


def test_a_line_without_end_is_not_kept_for_ever() -> None:
    near, far = socket.socketpair()
    with near, far:
        threading.Thread(target=near.sendall, args=(b"x" * 20_000,), daemon=True).start()
        with pytest.raises(EOFError):
            telnetd.Plain(far).ask("? ")
