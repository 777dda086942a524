import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import acts, scenario
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.acts import guess
from botwarden.lab.errors import LabError
from botwarden.lab.guard import Refused

ROOM = Path(acts.__file__).parent
LAB = ROOM.parent
MODULES = sorted(ROOM.glob("*.py"))
DOORS = {"socket.socket", "socket.create_connection", "socket.create_server", "socket.fromfd", "os.system"}
"""What opens a way out without asking for a permit."""
RAW = {"SOCK_RAW", "AF_PACKET", "PF_PACKET", "IPPROTO_RAW"}


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_act_opens_a_socket_by_itself(path: Path) -> None:
    assert [ast.unparse(call) for call in calls(path) if ast.unparse(call.func) in DOORS] == []
    names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not names & RAW


def test_raw_sockets_are_opened_in_one_place_and_after_the_permit_was_confirmed() -> None:
    for path in LAB.rglob("*.py"):
        if path.name != "raw.py":
            tree = ast.parse(path.read_text())
            assert not RAW & {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}, path
    tree = ast.parse((LAB / "raw.py").read_text())
    makers = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and "socket.socket(" in ast.unparse(node)
    ]
    assert len(makers) == 2
    for maker in makers:
        statements = [ast.unparse(statement) for statement in maker.body]
        opened = next(n for n, text in enumerate(statements) if "socket.socket(" in text)
        assert "permit.confirm()" in statements[:opened]


def test_every_ordinary_socket_is_opened_after_the_permit_was_asked() -> None:
    for node in ast.walk(ast.parse((LAB / "links.py").read_text())):
        text = ast.unparse(node)
        if not isinstance(node, ast.FunctionDef) or not any(f"{door}(" in text for door in DOORS):
            continue
        if node.name == "connect":
            assert "socket.create_connection((ready(permit, target), port)" in text
            continue
        statements = [ast.unparse(statement) for statement in node.body]
        opened = next(n for n, said in enumerate(statements) if "socket.socket(" in said)
        assert {"permit.confirm()", "ready(permit, target)"} & set(statements[:opened]), node.name


@pytest.mark.parametrize("act", acts.ACTS)
def test_every_act_refuses_outside_the_lab(act: str, outsider: Actor) -> None:
    with pytest.raises(Refused, match="refused"):
        acts.ACTS[act](outsider)


@pytest.mark.parametrize("act", [name for name in acts.ACTS if "target" in acts.options_of(name)])
@pytest.mark.parametrize("target", ["8.8.8.8", "127.0.0.1", "nobody", "192.168.1.1"])
def test_every_act_refuses_targets_outside_the_lab(act: str, target: str, outsider: Actor) -> None:
    with pytest.raises(Refused, match=r"outside the lab|is no IP address"):
        acts.ACTS[act](outsider, target=target)


@pytest.mark.parametrize("act", [name for name in acts.ACTS if {"count", "rate"} <= acts.options_of(name).keys()])
@pytest.mark.parametrize("options", [{"count": 50_000}, {"rate": 5_000.0}, {"rate": 0.0}])
def test_every_act_refuses_more_than_the_limits(act: str, options: dict[str, Any], outsider: Actor) -> None:
    with pytest.raises(Refused, match="is more than"):
        acts.ACTS[act](outsider, **options)


def test_acts_say_what_they_do() -> None:
    for name, act in acts.ACTS.items():
        assert acts.what(name).endswith(".")
        assert inspect.signature(act).return_annotation in (Outcome, "Outcome")


def test_options_are_those_of_the_function() -> None:
    assert acts.options_of("guess")["infect"] == (bool, False)
    assert acts.ACTS["guess"] is guess.guess
    assert acts.check("guess", {"pause": 1, "infect": True}) == {"pause": 1.0, "infect": True}


@pytest.mark.parametrize(
    ("act", "options", "reason"),
    [
        ("dance", {}, "there is no act 'dance'; there is scan, "),
        ("scan", {"speed": 1}, "scan has no option 'speed'; it has count, rate"),
        ("scan", {"count": "many"}, "scan: count: Expected `int`, got `str`"),
        ("scan", {"count": True}, "scan: count: Expected `int`, got `bool`"),
        ("scan", {"count": -1}, "count is -1; it is a number from 0 to 1000000"),
        ("scan", {"count": 10**4_000}, "count is 1000"),
        ("scan", {"rate": float("inf")}, "rate is inf"),
        ("scan", {"rate": float("nan")}, "rate is nan"),
        ("irc", {"words": 10**9}, "from 0 to 1000000"),
        ("flood-syn", {"port": 65_536}, "port is 65536; it is a number from 0 to 65535"),
        ("upnp", {"outside": 70_000}, "from 0 to 65535"),
    ],
)
def test_what_is_wrong_with_options_is_said(act: str, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(LabError, match=reason):
        acts.check(act, options)


@given(
    act=st.sampled_from(list(acts.ACTS)), value=st.one_of(st.none(), st.text(), st.floats(), st.lists(st.integers()))
)
def test_any_value_is_taken_or_refused(act: str, value: object) -> None:
    for name in acts.options_of(act):
        try:
            acts.check(act, {name: value})
        except LabError as error:
            assert name in str(error)


@pytest.mark.parametrize("name", scenario.names())
def test_the_scenarios_that_the_lab_brings_can_be_played(name: str) -> None:
    played = scenario.cast(name).scenario
    for step in played.step:
        assert acts.check(step.act, step.options).keys() == step.options.keys()
        assert not step.victim or step.by or step.act in ("guess", "scan-vertical", "upnp")


def test_all_ten_attacks_of_the_data_set_have_a_scenario() -> None:
    found = {
        (played.botnet, step.attack)
        for name in scenario.names()
        if "-" in name
        for played in [scenario.cast(name).scenario]
        for step in played.step
    }
    assert found >= {("mirai", kind) for kind in ("scan", "ack", "syn", "udp", "udpplain")}
    assert found >= {("gafgyt", kind) for kind in ("scan", "junk", "tcp", "udp", "combo")}


def test_harmless_scenarios_have_no_labels() -> None:
    for name in ("checker", "backup", "update", "restart-storm", "speed-test"):
        played = scenario.cast(name).scenario
        assert played.botnet == ""
        assert all(not (step.label or step.victim or step.attack) for step in played.step)
