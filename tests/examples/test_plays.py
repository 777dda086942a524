"""Who plays in the cases: nobody acts outside the lab, the servers answer, the scripts name what exists."""

import ast
import ftplib
import inspect
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.label import LABELS
from botwarden.lab import acts, plan, questions, serving
from botwarden.lab.acting import Actor
from botwarden.lab.guard import Refused
from houses import ask, outsider
from plays import act, cast, daemons, doors, home, logins, names, people, servers, web
from plays.scripts import CASES

__all__ = ["outsider"]

OPENERS = {"socket.socket", "socket.create_connection", "socket.create_server", "mqtt.Client", "subprocess.run"}


@pytest.mark.parametrize("name", act.OWN)
def test_nobody_acts_outside_the_lab(name: str, outsider: Actor) -> None:
    with pytest.raises(Refused, match="refused: "):
        act.OWN[name](outsider)


def test_the_command_refuses_in_one_line(examples: Path, tmp_path: Path) -> None:
    command = ["env", f"PYTHONPATH={examples}", sys.executable, "-m", "plays.act", "camera", "guess-ftp"]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "none.json")], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("refused: not inside a lab")
    assert done.stderr.count("\n") == 1


def test_nobody_serves_outside_the_lab(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not inside a lab"):
        servers.main("dvr", str(tmp_path), "page", "127.0.0.1")


@pytest.mark.parametrize("target", ["8.8.8.8", "127.0.0.1", "192.168.11.1", "255.255.255.255"])
def test_targets_outside_the_lab_are_refused(target: str, outsider: Actor) -> None:
    for attempt in (
        lambda: web.send(outsider, target, ("GET", "/", {}, "")),
        lambda: logins.program(outsider, target, "false"),
        lambda: web.exploit(outsider, hosts=(target,)),
        lambda: web.look(outsider, host=target),
    ):
        with pytest.raises(Refused, match="outside the lab"):
            attempt()


@pytest.mark.parametrize("module", [doors, home, logins, names, people, web], ids=lambda module: module.__name__)
def test_what_leads_out_is_opened_after_the_permit_was_asked(module: object) -> None:
    for function in ast.walk(ast.parse(inspect.getsource(module))):  # type: ignore[arg-type]
        if not isinstance(function, ast.FunctionDef):
            continue
        said = ast.unparse(function)
        found = [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]
        for opened in OPENERS & set(found):
            asked = max(said.find("permit.confirm()"), said.find("links.ready("))
            assert 0 <= asked < said.index(f"{opened}(") + len("mqtt.Client(links.ready("), function.name


@pytest.mark.parametrize("name", CASES)
def test_a_script_names_what_exists(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "ACTS", {**acts.ACTS, **act.OWN})
    case = CASES[name]
    for turn in case.turns:
        assert acts.check(turn.act, turn.options) is not None
        assert turn.who in ("internet", *plan.BY_ROLE)
        assert {one.label for one in turn.found} <= set(LABELS)
        assert {one.device for one in turn.found} <= set(plan.BY_ROLE)
    assert {server.kind for server in case.servers} <= {*servers.KINDS, "mqtt", "ssh"}
    assert {*case.calm, *case.doors.values()} <= set(plan.BY_ROLE)
    assert any(turn.found for turn in case.turns) is not name.endswith("-benign")


# -- servers --------------------------------------------------------------------------------------------------------


def test_the_ftp_server_lets_one_account_in_and_shows_a_listing() -> None:
    server = servers._ftp("127.0.0.1", 0, *cast.FTP_LOGIN)
    assert isinstance(server, socket.socket)
    lines: list[str] = []
    with ftplib.FTP(timeout=5) as client:
        client.connect("127.0.0.1", server.getsockname()[1])
        with pytest.raises(ftplib.error_perm, match="530"):
            client.sendcmd("PWD")
        with pytest.raises(ftplib.error_perm, match="530 Login incorrect"):
            client.login(cast.FTP_LOGIN[0], "wrong")
        client.login(*cast.FTP_LOGIN)
        client.af = socket.AF_INET6  # has ftplib ask for EPSV
        client.retrlines("LIST", lines.append)
    assert lines == [servers.LISTING.decode().strip()]


def test_a_page_knows_a_state_and_actions_and_nothing_else() -> None:
    port = serving.serve_http("127.0.0.1", 0, servers.DevicePage).server_port
    for method, path, status in (
        ("GET", "/api/v1/state?x=1", 200),
        ("GET", "/rootDesc.xml", 200),
        ("GET", "/shell?echo+lab", 404),
        ("PUT", "/api/v1/lights/1/state", 200),
        ("POST", "/HNAP1/", 200),
        ("POST", "/GponForm/diag_Form", 404),
    ):
        assert ask(port, method, path, b"x" if method != "GET" else None)[0] == status, path


def test_the_name_server_thanks_for_a_question() -> None:
    asked = questions.question("a.t.example.net", 7, questions.TXT)
    said = servers.thank(asked, ("", 0))
    assert said is not None
    assert said.startswith(struct.pack("!HHHHHH", 7, 0x8500, 1, 1, 0, 0) + asked[12:])
    assert said.endswith(servers.THANKS)


@given(st.binary(max_size=64))
def test_no_question_stops_the_name_server(asked: bytes) -> None:
    said = servers.thank(asked, ("", 0))
    assert said is None or said[:2] == asked[:2]


def test_a_weather_station_is_greeted_and_heard() -> None:
    server = serving.serve_tcp("127.0.0.1", 0, servers.weather)
    with socket.create_connection(server.getsockname(), 5) as link, link.makefile("rb") as lines:
        assert lines.readline().startswith(b"# aprsc")
        link.sendall(b"user DB0LAB pass -1\r\n")
        assert lines.readline() == b"# logresp DB0LAB verified, server ROTATE\r\n"
        link.sendall(b"DB0LAB>APRS:rain\r\n")
        assert lines.readline().startswith(b"# aprsc")


def test_sshd_sees_accounts_of_its_own_only(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    command = " ".join(daemons.sshd("/usr/sbin/sshd", tmp_path / "a", "198.18.2.77", *cast.SSH_LOGIN))
    assert (tmp_path / "a" / "passwd").read_text().splitlines()[-1].startswith("anna:x:64000:")
    assert (tmp_path / "a" / "shadow").stat().st_mode & 0o777 == 0o600
    assert cast.SSH_LOGIN[1] not in (tmp_path / "a" / "shadow").read_text()
    for name in ("passwd", "shadow"):
        assert f"mount --bind {tmp_path}/a/{name} /etc/{name}" in command
    assert command.index("mount") < command.index("exec")
