"""`scan` finds in every small capture what its labels say and nothing else; the logs hold what was said."""

import hashlib
import ipaddress
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import botwarden
from botwarden.app import api
from botwarden.core.label import LABELS
from botwarden.lab import plan
from examples.recording import ipv4_frames, raw_frames
from houses import free_lab
from plays import cast, people, web
from plays.scripts import CASES

FOLDER = Path(__file__).parents[2] / "examples" / "cases"
BENIGN = "-benign"
SSHD = "BOTWARDEN_SSHD"  # names an OpenSSH server that is not in PATH
ALL = "BOTWARDEN_RECORD_CASES"  # set: every case is recorded again, which takes a quarter of an hour
SLACK = 2.0  # s of the recording machine's time
MAX_BYTES = 150_000
MAX_BYTES_OF_ALL = 1_200_000
SECRETS = (
    cast.FTP_LOGIN[1],
    cast.MQTT_LOGIN[1],
    cast.SSH_LOGIN[1],
    plan.CAMERA_LOGIN[1],
    "heron-lake-91",
    "willow-bend",
    "xc3511",
    "smcadmin",
)
"""Passwords that were typed in the cases and are no user names."""

Line = dict[str, Any]


@pytest.fixture(scope="module")
def labels() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((FOLDER / "labels.json").read_text())["cases"]
    return parsed


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> "dict[str, dict[str, list[Line]]]":
    """The logs of every case: lines by case and log."""
    found: dict[str, dict[str, list[Line]]] = {}
    for name in CASES:
        folder = tmp_path_factory.mktemp(name)
        result = api.logs(FOLDER / f"{name}.pcap", folder, format="json", seed=1)
        assert result.faults == 0
        found[name] = {
            path.stem: [json.loads(line) for line in path.read_text().splitlines()] for path in folder.glob("*.log")
        }
    return found


def test_every_case_is_there_with_its_counterpart(labels: dict[str, Any]) -> None:
    assert list(labels) == list(CASES)
    assert {path.stem for path in FOLDER.glob("*.pcap")} == set(CASES)
    for name in CASES:
        assert name.endswith(BENIGN) or name + BENIGN in CASES
        assert bool(labels[name]["verdicts"]) is not name.endswith(BENIGN)


def test_every_label_of_what_was_said_has_a_case(labels: dict[str, Any]) -> None:
    told = {verdict["label"] for case in labels.values() for verdict in case["verdicts"]}
    expected = {label for label in LABELS if label.startswith(("cnc.", "exploit.", "exposure."))}
    assert told == (expected - {"exposure.telnet"}) | {"bruteforce.ftp", "bruteforce.mqtt", "bruteforce.ssh"}


def test_the_captures_are_small_and_those_of_the_labels(labels: dict[str, Any]) -> None:
    sizes = []
    for name, case in labels.items():
        data = (FOLDER / case["capture"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == case["sha256"], name
        assert case["stretched_by"] == CASES[name].pace
        sizes.append(len(data))
    assert max(sizes) <= MAX_BYTES
    assert sum(sizes) <= MAX_BYTES_OF_ALL


@pytest.mark.parametrize("name", CASES)
def test_only_the_lab_is_in_the_capture(name: str) -> None:
    assert_only_the_lab(FOLDER / f"{name}.pcap")


def assert_only_the_lab(capture: Path) -> None:
    for frame in ipv4_frames(raw_frames(capture)):
        for address in (frame.src, frame.dst):
            assert any(ipaddress.ip_address(address) in network for network in (plan.LAN, *plan.INTERNET))


def test_nothing_was_sent_twice(logs: "dict[str, dict[str, list[Line]]]") -> None:
    again = [line for found in logs.values() for line in found["conn"] if "t" in line.get("history", "").lower()]
    assert again == []


def test_the_page_names_every_case() -> None:
    page = (FOLDER.parents[1] / "docs" / "cases.md").read_text()
    assert [name for name in CASES if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", CASES)
def test_scan_finds_exactly_what_the_labels_say(name: str, labels: dict[str, Any]) -> None:
    assert_found(FOLDER, labels[name])


def assert_found(folder: Path, case: dict[str, Any]) -> None:
    """That `scan` finds in a case what its labels say, at the time that they say, and nothing else."""
    report = botwarden.scan(folder / case["capture"], seed=1).report
    found = {
        (device.mac, verdict.label, verdict.role): verdict for device in report.devices for verdict in device.verdicts
    }
    expected = {(verdict["device"], verdict["label"], verdict["role"]): verdict for verdict in case["verdicts"]}
    assert {key: verdict.reasons for key, verdict in found.items() if key not in expected} == {}
    assert found.keys() == expected.keys()
    slack = SLACK * case["stretched_by"]
    for key, verdict in found.items():
        assert expected[key]["from"] - slack <= verdict.first_ts <= verdict.last_ts <= expected[key]["to"] + slack
        assert verdict.first_ts < expected[key]["to"]
        assert verdict.last_ts > expected[key]["from"]


@pytest.mark.parametrize("name", CASES)
def test_the_logs_of_a_case_are_judged_like_its_packets(name: str, labels: dict[str, Any], tmp_path: Path) -> None:
    assert_found_in_logs(FOLDER, labels[name], tmp_path)


def assert_found_in_logs(folder: Path, case: dict[str, Any], logs: Path) -> None:
    """The same of the logs of a case, times aside; ``logs``: an empty folder for them."""
    api.logs(folder / case["capture"], logs, format="zeek", seed=1)
    report = botwarden.scan(logs, lan=[str(plan.LAN)], seed=1).report
    found = {
        (next(ip for ip in device.ips if ":" not in ip), verdict.label, verdict.role)
        for device in report.devices
        for verdict in device.verdicts
    }
    assert found == {(verdict["ip"], verdict["label"], verdict["role"]) for verdict in case["verdicts"]}


# -- what was said --------------------------------------------------------------------------------------------------


def of(rows: list[Line], **fields: object) -> list[Line]:
    """The lines that have all of these values; ``__`` stands for the dot in a name."""
    wanted = {name.replace("__", "."): value for name, value in fields.items()}
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def test_the_beacon_is_a_row_of_equal_conversations(logs: "dict[str, dict[str, list[Line]]]") -> None:
    calls = of(logs["cnc-beacon"]["conn"], id__orig_h=plan.CAMERA.ip, id__resp_p=plan.BEACON_PORT)
    assert len(calls) == 45
    ((state, sent, _),) = {(call["conn_state"], call["orig_bytes"], call["resp_bytes"]) for call in calls}
    assert (state, sent < 10) == ("SF", True)
    assert not any("service" in call for call in calls)


def test_the_plug_speaks_tls_mqtt_and_ntp(logs: "dict[str, dict[str, list[Line]]]") -> None:
    plug = logs["cnc-beacon-benign"]
    assert list(Counter(line["server_name"] for line in plug["ssl"]).values()) == [24]
    assert of(plug["mqtt"], action="connect", connect_status="accepted")
    (session,) = of(plug["conn"], id__resp_p=1883)
    assert session["duration"] > 1800
    assert len(of(plug["ntp"], mode=4)) >= 38


def test_the_channel_and_its_orders(logs: "dict[str, dict[str, list[Line]]]") -> None:
    bot = logs["cnc-irc"]
    assert {line["value"] for line in of(bot["irc"], command="JOIN") if line["nick"].startswith("[ARM|")} == {"#ctl"}
    told = [line["text"] for line in of(bot["irc_message"], sender="op", is_orig=False)]
    assert sorted({text.split()[0] for text in told}) == ["!scan", "!stop", "!synflood", "!udpflood", "!version"]
    said = logs["cnc-irc-benign"]["irc_message"]
    assert {line["text"] for line in of(said, is_orig=True)} == set(people.SAID["anna"])


def test_the_bare_orders(logs: "dict[str, dict[str, list[Line]]]") -> None:
    orders = of(logs["cnc-bashlite"]["irc_message"], command="ORDER", is_orig=False)
    assert {line["text"].split()[1] for line in orders} >= {"SCANNER", "UDP", "KILLATTK", "TCP"}
    assert len(of(logs["cnc-bashlite"]["conn"], service="bashlite")) == 1


def test_the_names_of_the_day(logs: "dict[str, dict[str, list[Line]]]") -> None:
    asked = [
        line for line in of(logs["cnc-dga"]["dns"], id__orig_h=plan.CAMERA.ip) if line["query"] != "ntp.pool.example"
    ]
    assert len({line["query"] for line in asked}) == len(asked) == 60
    assert len(of(asked, rcode_name="NXDOMAIN")) >= 59


def test_what_a_browser_asks_for(logs: "dict[str, dict[str, list[Line]]]") -> None:
    asked = of(logs["cnc-dga-benign"]["dns"], id__orig_h=plan.LAPTOP.ip)
    kinds = Counter(line["qtype_name"] for line in asked)
    assert kinds["PTR"] == 20
    assert len({line["query"] for line in asked if "." not in line["query"]}) == 3
    assert len(of(asked, rcode_name="NXDOMAIN")) >= 30


def test_the_tunnel(logs: "dict[str, dict[str, list[Line]]]") -> None:
    asked = of(logs["cnc-tunnel"]["dns"], id__orig_h=plan.CAMERA.ip, qtype_name="TXT")
    assert len({line["query"] for line in asked}) == len(asked) == 44
    assert all(line["query"].endswith(f".t.{cast.TUNNEL_ZONE}") and line["answers"] for line in asked)
    assert not of(logs["cnc-tunnel-benign"]["dns"], id__orig_h=plan.CAMERA.ip, qtype_name="TXT")


def test_the_exploits(logs: "dict[str, dict[str, list[Line]]]") -> None:
    sent = of(logs["exploit-http"]["http"], id__orig_h=plan.CAMERA.ip)
    assert [(line["method"], line["uri"]) for line in sent] == [(entry[0], unquote(entry[1])) for entry in web.EXPLOITS]
    suffered = of(logs["exploit-http"]["http"], id__resp_h=plan.DVR.ip)
    assert [line["uri"] for line in suffered] == [unquote(entry[1]) for entry in web.EXPLOITS[::2]]
    honest = logs["exploit-http-benign"]["http"]
    assert len(honest) == 2 * len(web.HONEST)
    assert {line["uri"] for line in honest} == {entry[1] for entry in web.HONEST}


def test_the_known_passwords(logs: "dict[str, dict[str, list[Line]]]") -> None:
    known, own = logs["exposure-credentials"], logs["exposure-credentials-benign"]
    (login,) = of(known["ftp"], command="PASS", reply_code=230, user="admin")
    assert "mirai" in login["dictionary"]
    (login,) = of(known["mqtt"], action="connect", connect_status="accepted", username="admin")
    assert "mirai" in login["dictionary"]
    assert len(of(own["ftp"], command="PASS", reply_code=230, user=cast.FTP_LOGIN[0])) == 1
    assert not any("dictionary" in line for log in ("ftp", "mqtt") for line in own[log])


def test_the_mapping(logs: "dict[str, dict[str, list[Line]]]") -> None:
    asked = of(logs["exposure-mapping"]["upnp"], action="AddPortMapping")
    assert [(line["internal_port"], line["status_code"]) for line in asked] == [(23, 200)] * 2
    honest = logs["exposure-mapping-benign"]["upnp"]
    assert len(of(honest, action="GetExternalIPAddress", status_code=200)) == 3
    assert len(of(honest, action="AddPortMapping", status_code=500)) == 1


def test_the_new_service(logs: "dict[str, dict[str, list[Line]]]") -> None:
    knocks = of(logs["exposure-service"]["conn"], id__orig_h=plan.INTRUDER_IP, id__resp_p=cast.DOOR_PORT)
    assert [line["conn_state"] for line in sorted(knocks, key=lambda line: line["ts"])] == ["REJ", "REJ", *["SF"] * 3]


def test_the_guessing(logs: "dict[str, dict[str, list[Line]]]") -> None:
    ftp = of(logs["bruteforce-ftp"]["ftp"], command="PASS", reply_code=530)
    mqtt = of(logs["bruteforce-mqtt"]["mqtt"], action="connect")
    assert len(ftp) == len(mqtt) >= 11
    assert all("mirai" in line["dictionary"] for line in [*ftp, *mqtt])
    assert {line["connect_status"] for line in mqtt} <= {"not authorized", "bad user name or password"}
    ssh = logs["bruteforce-ssh"]["ssh"]
    assert [(line["auth_success"], line["auth_attempts"]) for line in ssh] == [(False, 3)] * 8
    typed = [(line["auth_success"], line["auth_attempts"]) for line in logs["bruteforce-ssh-benign"]["ssh"]]
    assert typed == [(True, 2), (True, 1), (True, 1), (True, 3)]


def test_no_password_is_in_any_log(logs: "dict[str, dict[str, list[Line]]]") -> None:
    for name, found in logs.items():
        text = json.dumps(found)
        assert [secret for secret in SECRETS if secret in text] == [], name


# -- recording ------------------------------------------------------------------------------------------------------


def record(examples: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(examples / "cases.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=90, check=False, env={**os.environ, **environment}
    )


def test_an_unknown_case_is_named(examples: Path, tmp_path: Path) -> None:
    done = record(examples, "cnc-nothing", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "no such case: cnc-nothing" in done.stderr


def test_a_missing_program_is_named_before_anything_starts(examples: Path, tmp_path: Path) -> None:
    done = record(examples, "bruteforce-ssh", "--out", str(tmp_path), "--sshd", "/nowhere/sshd", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "/nowhere/sshd (docs/cases.md says" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", CASES if os.environ.get(ALL) else ["exposure-mapping"])
def test_a_case_can_be_recorded_again(name: str, examples: Path, tmp_path: Path) -> None:
    sshd = shutil.which(os.environ.get(SSHD, "sshd"))
    if CASES[name].ssh and sshd is None:
        pytest.skip(f"there is no sshd, and {SSHD} names none")
    with free_lab():
        done = record(examples, name, "--out", str(tmp_path), "--sshd", sshd or "sshd")
    assert done.returncode == 0, done.stderr
    case = json.loads((tmp_path / "labels.json").read_text())["cases"][name]
    assert [(one["device"], one["label"], one["role"]) for one in case["verdicts"]] == [
        (plan.BY_ROLE[found.device].mac, found.label, found.role) for turn in CASES[name].turns for found in turn.found
    ]
    assert_only_the_lab(tmp_path / case["capture"])
    assert_found(tmp_path, case)
    assert_found_in_logs(tmp_path, case, tmp_path / "logs")
