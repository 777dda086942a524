import os
import subprocess
import sys

import pytest

from botwarden.app.lab import Listed
from botwarden.cli import lab
from botwarden.cli.main import run
from botwarden.lab.census import Census, Resident


def resident(role: str, **facts: list[str]) -> Resident:
    return Resident(
        role=role,
        name=f"the-{role}",
        what="x",
        addresses=facts.get("addresses", []),
        ports=facts.get("ports", []),
        programs=facts.get("programs", []),
    )


def test_the_table_shows_everybody_on_lines_that_fit() -> None:
    found = Census(
        story=1_795_802_400.0,
        speed=20.0,
        residents=[
            resident("camera", addresses=["192.168.10.20", "fd00::1"], ports=["tcp/23", "tcp/80"], programs=["device"]),
            resident("internet", addresses=["203.0.113.1", "203.0.113.2"], ports=[f"udp/{n}" for n in range(30)]),
        ],
    )
    text = lab.status_text(found, 80)
    assert "it is 2026-11-27 18:00:00 UTC in the lab, at 20 times the clock's pace" in text
    assert "tcp/23 tcp/80" in text
    assert "203.0.113.1 +1" in text
    assert "+22" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_programs_name_cannot_steer_the_terminal() -> None:
    text = lab.status_text(Census(story=0.0, speed=1.0, residents=[resident("hub", programs=["a\x1b[31mb"])]), 100)
    assert "\x1b" not in text
    assert "as fast as the clock" in text


def test_scenarios_are_listed_with_the_verdicts_that_are_right() -> None:
    listed = [
        Listed(name="mirai", what="scans", device="camera", labels=["scan.mirai"]),
        Listed(name="backup", what="a backup", device="laptop", labels=[]),
    ]
    text = lab.scenarios_text(listed, 100)
    assert "scan.mirai" in text
    assert text.splitlines()[2].rstrip().endswith("–")


def test_the_group_has_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in lab.COMMANDS)
    assert run(["lab", "list"]) == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["up", "--speed", "0"], "a speed is above 0"),
        (["up", "--start", "tomorrow"], "'tomorrow' is no date and time"),
        (["up", "--speed", "nan"], "a speed is above 0"),
    ],
)
def test_what_is_wrong_is_one_line_and_code_2(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lab", *arguments]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", ["up", "down", "status"])
def test_without_root_it_says_so(command: str) -> None:
    demote = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*demote, sys.executable, "-m", "botwarden", "lab", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "botwarden: the lab needs Linux and root, to make network namespaces\n"
