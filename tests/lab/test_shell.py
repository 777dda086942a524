from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import guard, plan, shell
from botwarden.lab.guard import Refused
from houses import Typist


def test_a_weak_device_answers_in_busyboxs_words() -> None:
    typist = Typist("enable", "/bin/busybox ECCHI", "cat /proc/mounts; /bin/busybox ps", "exit", "never")
    shell.serve(typist, plan.CAMERA, Path("/nowhere"))
    assert typist.heard == [
        shell.BANNER,
        "sh: enable: not found",
        "ECCHI: applet not found",
        shell.MOUNTS,
        shell.PROCESSES,
    ]
    assert typist.lines == ["never"]


def test_a_good_device_has_a_menu_of_its_own() -> None:
    typist = Typist("status", "/bin/busybox ECCHI", "exit")
    shell.serve(typist, plan.DVR, Path("/nowhere"))
    assert typist.heard == [shell.OWN["status"], "unknown command"]


def test_lines_come_to_an_end() -> None:
    typist = Typist(*["ps"] * 100)
    shell.serve(typist, plan.CAMERA, Path("/nowhere"))
    assert len(typist.lines) == 100 - shell.MAX_LINES


def test_outside_the_lab_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not inside a lab"):
        shell.serve(Typist(f"wget {plan.PAYLOAD_URL}"), plan.CAMERA, tmp_path / "state.json")


def test_a_file_that_does_not_come_ends_no_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    busybox = tmp_path / "busybox"
    busybox.write_text("#!/bin/sh\nexec sleep 600\n")
    busybox.chmod(0o700)
    monkeypatch.setattr(shell, "PATH", str(tmp_path) + ":/usr/bin:/bin")
    monkeypatch.setattr(shell, "PATIENCE", 0.2)
    monkeypatch.setattr(guard, "obtain", lambda role, state: guard.Permit(plan.CAMERA.ip))
    typist = Typist(f"/bin/busybox wget {plan.PAYLOAD_URL} -O - > x; /bin/busybox ECCHI", "exit")
    shell.serve(typist, plan.CAMERA, Path("/nowhere"))
    assert typist.heard[-1] == "ECCHI: applet not found"


@given(st.text(max_size=80))
def test_any_line_is_answered_with_text(line: str) -> None:
    typist = Typist(line.replace(plan.PAYLOAD_URL, ""))
    with pytest.raises(EOFError):
        shell.serve(typist, plan.AP, Path("/nowhere"))
    assert typist.heard[0] == shell.BANNER
