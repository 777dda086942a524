"""The list of runs that a data set is made of."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.lab import dataset, guard, plan
from botwarden.lab.errors import LabError

TEN = {
    *(("mirai", attack) for attack in ("scan", "syn", "ack", "udp", "udpplain")),
    *(("gafgyt", attack) for attack in ("scan", "junk", "tcp", "udp", "combo")),
}  # N-BaIoT's: Meidan et al. 2018, table 2
RUN = """
[[run]]
name = "one"
what = "somebody looks for telnet"
start = "2026-11-25T18:00"
peace = 60
speed = 30
play = [{ scenario = "mirai-scan", device = "ap", options = { count = 100, rate = 50.0 } }]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("quick", [False, True])
def test_every_attack_of_nbaiot_is_played_on_two_devices_at_least(quick: bool) -> None:
    devices: dict[tuple[str, str], set[str]] = {}
    for run in dataset.runs(quick=quick):
        for casting in run.castings():
            for step in casting.scenario.step:
                devices.setdefault((casting.scenario.botnet, step.attack), set()).add(casting.device)
    assert {kind for kind, who in devices.items() if len(who) >= 2 and kind[0]} == TEN


def test_the_whole_has_hours_of_ordinary_life_and_what_only_looks_like_an_attack() -> None:
    runs = dataset.runs()
    assert sum(run.peace for run in runs) >= 180
    played = {part.scenario for run in runs for part in run.play}
    assert played >= {"checker", "backup", "update", "restart-storm", "speed-test"}
    assert sum(run.seconds() for run in runs) < 16 * 60


def test_a_quick_one_has_less_of_everything() -> None:
    whole, quick = ({run.name: run for run in dataset.runs(quick=quick)} for quick in (False, True))
    assert quick.keys() < whole.keys()
    for name, run in quick.items():
        assert run.peace < whole[name].peace
        assert run.seconds() < whole[name].seconds()


def test_nothing_is_asked_for_that_the_guard_refuses() -> None:
    for run in dataset.runs():
        for casting in run.castings():
            for step in casting.scenario.step:
                assert step.options.get("count", 0) <= guard.MAX_PACKETS
                assert step.options.get("rate", 0.0) <= guard.MAX_RATE


def test_options_of_a_part_go_before_those_of_its_scenario(tmp_path: Path) -> None:
    (run,) = dataset.runs(write(tmp_path, RUN))
    (casting,) = run.castings()
    assert casting.device == "ap"
    assert casting.scenario.step[0].options == {"count": 100, "rate": 50.0}
    assert 60 * 60 / 30 + 2 < run.seconds() < 60 * 60 / 30 + 60


def test_an_option_goes_only_to_the_steps_that_have_it(tmp_path: Path) -> None:
    text = RUN.replace("count = 100, rate = 50.0", "every = 9.0").replace("mirai-scan", "update")
    (casting,) = dataset.runs(write(tmp_path, text))[0].castings()
    update, restart = casting.scenario.step
    assert "every" not in update.options and restart.options["every"] == 9.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"one"', '"../one"'), "a run's name"),
        (('"2026-11-25T18:00"', '"tomorrow"'), "no date and time"),
        (('"mirai-scan"', '"nothing"'), "no scenario 'nothing'"),
        (('"ap"', '"fridge"'), "nobody in the lab is called 'fridge'"),
        (("count", "colour"), "no option 'colour'"),
        (("100", '"many"'), "count"),
        (("speed = 30", "speed = 3e9"), "a speed of at most"),
        (("peace = 60", "peace = nan"), "a week of peace"),
        (("peace = 60", 'peace = 60\nsurprise = "x"'), "surprise"),
        (("[{ s", "[] # {"), "plays"),
        ((RUN, RUN + RUN), "same name"),
        ((RUN, RUN + RUN.replace('"one"', '"two"')), "in the order of their stories"),
        ((RUN, "run = []"), "1 to 100 runs"),
        ((RUN, "x" * 200_000), "at most 100000 bytes"),
        ((RUN, "[[run"), "list.toml"),
    ],
)
def test_a_list_that_cannot_be_is_refused_in_one_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(LabError, match=said) as caught:
        dataset.runs(write(tmp_path, RUN.replace(*change)))
    assert "list.toml" in str(caught.value) and "\n" not in str(caught.value).strip()


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.text(max_size=60).map(lambda text: RUN.replace("one", text).encode()))
def test_any_file_is_a_list_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    try:
        runs = dataset.runs(path)
    except LabError:
        return
    assert all({casting.device for casting in run.castings()} <= {*plan.BY_ROLE, "internet"} for run in runs)
