"""Telnet, FTP and IRC as others recorded them: real servers and clients, read from packets to logs."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from botwarden.app.api import logs
from examples.recording import HOUSE

ROOT = Path(__file__).parents[2]
CAPTURES = ROOT.parent / "shared" / "data" / "protocols"
needs_captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the shared data is not here")


def read(trace: Path, directory: Path, log: str) -> list[dict[str, Any]]:
    logs(trace, directory, format="json", seed=1)
    path = directory / f"{log}.log"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_bot_tries_a_recorder_and_then_a_machine_that_lets_it_in(tmp_path: Path) -> None:
    sessions = read(HOUSE, tmp_path, "telnet")
    recorder = [session for session in sessions if session["id.resp_h"] == "192.168.10.21"]
    bot = sorted((s for s in recorder if s["id.orig_h"] == "192.168.10.20"), key=lambda s: s["ts"])
    assert [session["success"] for session in bot] == [False] * 12
    assert all(session["attempts"] == session["passwords"] == 1 for session in bot)
    assert all(session["banner"] == "garage-dvr login:" for session in recorder)
    (owner,) = (session for session in recorder if session["id.orig_h"] == "192.168.10.40")
    assert (owner["success"], owner["user"], owner["refused"]) == (True, "operator", 0)
    assert owner["commands"] == ["status", "disk", "exit"]
    assert "heron-lake-19" not in repr(sessions)
    outside = sorted((s for s in sessions if s["id.resp_h"] == "198.18.2.77"), key=lambda s: s["ts"])
    assert [session["success"] for session in outside] == [False] * 11 + [True]


@needs_captures
def test_a_session_of_1999(tmp_path: Path) -> None:
    (session,) = read(CAPTURES / "ndpi" / "telnet.pcap", tmp_path, "telnet")
    assert (session["users"], session["success"], session["banner"]) == (["fake"], True, "OpenBSD/i386 (oof) (ttyp2)")
    assert session["commands"] == ["/sbin/ping www.yahoo.com", "ls", "ls -a", "exit"]
    assert session["negotiated"]


@needs_captures
def test_thirty_refused_ftp_logins(tmp_path: Path) -> None:
    logins = read(CAPTURES / "zeek" / "ftp" / "bruteforce.pcap", tmp_path, "ftp")
    assert Counter((login["command"], login["user"], login["reply_code"]) for login in logins) == {
        ("PASS", "bro", 530): 30
    }


@needs_captures
def test_a_file_over_ftp(tmp_path: Path) -> None:
    rows = read(CAPTURES / "zeek" / "ftp" / "retr.pcap", tmp_path, "ftp")
    (retr,) = (row for row in rows if row["command"] == "RETR")
    assert (retr["arg"], retr["reply_code"]) == ("ftp://141.142.192.162/README", 226)
    (file,) = (json.loads(line) for line in (tmp_path / "files.log").read_text("utf-8").splitlines())
    assert (file["fuid"], file["filename"], file["seen_bytes"]) == (retr["fuid"], "README", 16557)
    assert file["sha256"] is not None


@needs_captures
def test_a_server_that_repeats_the_password(tmp_path: Path) -> None:
    rows = read(CAPTURES / "zeek" / "ftp" / "fake-server-delays-all.pcap", tmp_path, "ftp")
    assert [row["command"] for row in rows] == ["USER", "PASS", "PASV", "RETR", "PORT"]
    assert "anonymous@zeek.org" not in repr(rows)


@needs_captures
def test_irc_on_another_port(tmp_path: Path) -> None:
    rows = read(CAPTURES / "ndpi" / "irc.pcap", tmp_path, "irc")
    assert [(row["command"], row["value"]) for row in rows] == [
        ("USER", "xxxxx"),
        ("NICK", "molochtest"),
        ("JOIN", "#moloch-fpc"),
    ]
