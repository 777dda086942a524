import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.app import lab
from botwarden.core.errors import ConfigError
from botwarden.lab import plan
from botwarden.lab.network import PACKAGES, Network, run
from houses import need_lab, network  # noqa: F401 - a fixture


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-27T18:00", datetime(2026, 11, 27, 18, tzinfo=UTC)),
        ("2026-11-27 18:00:30+02:00", datetime(2026, 11, 27, 16, 0, 30, tzinfo=UTC)),
        ("2026-11-27", datetime(2026, 11, 27, tzinfo=UTC)),
    ],
)
def test_a_start_is_a_date_and_time(text: str, moment: datetime) -> None:
    assert lab.parse_start(text) == moment.timestamp()


@pytest.mark.parametrize("text", ["", "now", "1850-01-01", "9999-12-31T23:59", "18:00", "2026-13-01"])
def test_what_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError, match="is no date and time"):
        lab.parse_start(text)


@given(st.text(max_size=30))
def test_any_text_is_a_start_or_refused(text: str) -> None:
    try:
        lab.parse_start(text)
    except ConfigError as error:
        assert "\n" not in str(error).replace(text, "")


@pytest.mark.parametrize("speed", [0.0, -5.0, 1e6, float("nan"), float("inf")])
def test_an_impossible_speed_is_refused_before_anything_is_made(speed: float) -> None:
    with pytest.raises(ConfigError, match="a speed is above 0"):
        lab.up(speed=speed)


def test_the_scenarios_say_what_they_are() -> None:
    for one in lab.scenarios():
        assert one.what
        assert one.device in {*plan.BY_ROLE, "internet"}


def test_without_root_there_is_no_lab() -> None:
    if os.geteuid() == 0:
        pytest.skip("this is root")
    for ask in (lab.up, lab.down, lab.status):
        with pytest.raises(ConfigError, match="needs Linux and root"):
            ask()


def botwarden(*arguments: str) -> "subprocess.Popen[str]":
    """The command, in a process of its own, which the lab outlives."""
    command = [sys.executable, "-m", "botwarden", "lab", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_the_lab_stays_until_it_is_removed_and_there_is_one(network: Network) -> None:  # noqa: F811
    need_lab(*PACKAGES)
    network.down()  # the place is free, and nobody else has it
    making = botwarden("up", "--speed", "5", "--seed", "3", "--start", "2026-11-27T18:00")
    said = making.communicate(timeout=60)[1]
    try:
        assert (making.returncode, said.count("\n")) == (0, 4), said
        found = lab.status()
        assert found is not None
        assert found.speed == 5.0
        assert 0 < found.story - lab.parse_start("2026-11-27T18:00") < 600
        assert {one.role: one.addresses[:1] for one in found.residents}["camera"] == [plan.CAMERA.ip]
        with pytest.raises(ConfigError, match="the lab is up already"):
            lab.up()
    finally:
        assert lab.down()
    assert lab.status() is None
    assert not lab.down()


@pytest.mark.slow
def test_a_lab_whose_maker_was_killed_is_removed_all_the_same(network: Network) -> None:  # noqa: F811
    need_lab(*PACKAGES)
    network.down()
    making = botwarden("up")
    assert making.stderr is not None
    while "devices" not in making.stderr.readline():
        assert making.poll() is None
    making.kill()
    making.communicate()
    assert lab.down()
    assert not any("bwlab-" in line for line in run("ip", "netns", "list").splitlines())
    assert not network.folder.exists()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_while_it_is_made_leaves_nothing(network: Network, how: signal.Signals) -> None:  # noqa: F811
    need_lab(*PACKAGES)
    network.down()
    making = botwarden("up")
    assert making.stderr is not None
    while "devices" not in making.stderr.readline():
        assert making.poll() is None
    making.send_signal(how)
    assert making.communicate(timeout=60)[1] == "botwarden: stopped\n"
    assert making.returncode == 130
    assert not network.folder.exists()
    assert not any("bwlab-" in line for line in run("ip", "netns", "list").splitlines())
