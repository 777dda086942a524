from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab.errors import LabError
from botwarden.lab.scenario import cast, load

GOOD = """
what = "scans"
botnet = "mirai"
device = "camera"
[[step]]
act = "scan"
label = "scan.mirai"
options = { rate = 100.0, count = 50, ports = ["23", "2323"] }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_a_scenario_is_read_with_its_steps_and_named_after_its_file(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, GOOD))
    assert (scenario.name, scenario.botnet, scenario.device) == ("mine", "mirai", "camera")
    (step,) = scenario.step
    assert (step.act, step.label, step.options["count"]) == ("scan", "scan.mirai", 50)


def test_a_scenario_can_be_played_by_another_device(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert cast(str(path)).device == "camera"
    assert cast(f"{path}@dvr").device == "dvr"
    for nobody in ("toaster", "gateway", "internet"):  # what a stranger does out there passes no recording
        with pytest.raises(LabError, match=f"nobody in the lab is called '{nobody}'"):
            cast(f"{path}@{nobody}")


def test_a_file_without_end_is_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "endless.toml").symlink_to("/dev/zero")
    with pytest.raises(LabError, match="at most 100000 bytes"):
        cast(str(tmp_path / "endless.toml"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("scan.mirai", "scan.martian"), "there is no label 'scan.martian'"),
        (('device = "camera"', 'device = "toaster"'), "nobody in the lab is called 'toaster'"),
        (("[[step]]", "[[stop]]"), "unknown field `stop`"),
        (('act = "scan"', "act = 5"), "Expected `str`"),
        (('act = "scan"', 'act = "scan"\nspeed = 1e9'), "a speed of at most 600"),
        (('act = "scan"', 'act = "scan"\nafter = -1.0'), "waits up to a week"),
        (("what", "what what"), "mine.toml"),
        (('act = "scan"', 'act = "scan"\nafter = nan'), "waits up to a week"),
        (('act = "scan"', 'act = "scan"\nspeed = 0.0'), "a speed of at most 600"),
        (("100.0", "9" * 5_000), "4300 digits"),
        (("100.0", "[" * 5_000), "recursion"),
        (("100.0", "1979-05-27"), "got `date`"),
        (("mirai", "Mi rai"), "regex"),
        (('act = "scan"', 'act = "scan"\nattack = "a\\n"'), "regex"),
        (('["23", "2323"]', '1, target = "8.8.8.8"'), "target: refused: 8.8.8.8 is outside the lab"),
        (('["23", "2323"]', '1, victim = "toaster"'), "victim: refused: 'toaster' is no IP address"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_said(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    path = write(tmp_path, GOOD.replace(*change, 1))
    with pytest.raises(LabError, match=reason) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_ports_of_the_gateway_lead_to_devices(tmp_path: Path) -> None:
    doors = load(write(tmp_path, 'forward = { 2323 = "camera:23", 80 = "ap" }' + GOOD)).doors()
    assert doors == [(2323, "camera", 23), (80, "ap", 80)]


@pytest.mark.parametrize(
    "forward", ['{ x = "camera" }', '{ 23 = "toaster" }', '{ 23 = "camera:x" }', '{ 0 = "camera" }']
)
def test_ports_that_lead_nowhere_are_refused(tmp_path: Path, forward: str) -> None:
    with pytest.raises(LabError, match=r"forward|cannot lead"):
        load(write(tmp_path, f"forward = {forward}{GOOD}"))


def test_ports_that_lead_to_devices_are_few(tmp_path: Path) -> None:
    many = ", ".join(f'{port} = "ap"' for port in range(1, 102))
    with pytest.raises(LabError, match="up to 100 ports"):
        load(write(tmp_path, f"forward = {{ {many} }}{GOOD}"))


def test_a_port_leads_to_a_telnet_that_is_there() -> None:
    assert cast("outside-attacker@dvr").device == "dvr"
    with pytest.raises(LabError, match="outside-attacker: the plug has no telnet to lead to; these have: camera, dvr"):
        cast("outside-attacker@plug")


def test_an_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(LabError, match="there is no scenario 'nothing'"):
        cast("nothing")


@given(data=st.binary(max_size=200))
def test_bytes_that_are_no_scenario_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("s") / "x.toml"
    path.write_bytes(data)
    with pytest.raises(LabError):
        load(path)
