import os
import pty
import subprocess
from pathlib import Path

import pytest

from botwarden.lab import login, plan
from botwarden.lab.network import module_command
from houses import Typist


def test_the_right_login_gets_in_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "DELAY", 0.0)
    assert plan.CAMERA.telnet is not None
    typist = Typist("root", "wrong", *plan.CAMERA.telnet, "exit")
    login.session(typist, "camera", Path("/nowhere"))
    assert typist.heard[0] == "Login incorrect"
    assert "BusyBox" in typist.heard[1]


def test_after_three_tries_the_connection_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "DELAY", 0.0)
    typist = Typist(*["a", "b"] * 4)
    login.session(typist, "dvr", Path("/nowhere"))
    assert typist.heard == ["Login incorrect"] * login.ATTEMPTS


def test_every_device_with_telnet_and_the_strangers_hosts_have_an_account() -> None:
    assert login.account("camera") == (plan.CAMERA.name, plan.CAMERA.telnet)
    assert login.account(login.HOST) == (login.HOST_NAME, login.HOST_ACCOUNT)
    assert login.account("plug")[1] is None


def test_on_a_terminal_passwords_are_not_echoed() -> None:
    ours, theirs = pty.openpty()
    command = [*module_command("botwarden.lab.login"), "dvr", "/nowhere"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    for mark, line in (
        (b"login: ", b"operator\n"),
        (b"Password: ", b"heron-lake-19\n"),
        (b"# ", b"disk\n"),
        (b"# ", b"exit\n"),
    ):
        said = b""
        while mark not in said:
            said += os.read(ours, 500)
        assert b"heron" not in said
        os.write(ours, line)
    assert b"412 GB" in said
    assert process.wait(10) == 0
    os.close(ours)
