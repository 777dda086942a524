import pytest

from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.notice import NoticeRecord
from botwarden.sources.zeek.columns import defaults, log_of, old_file


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("conn.log", "conn"),
        ("conn.log.gz", "conn"),
        ("conn.log.labeled", "conn"),
        ("conn.2024-03-12-00-00-00-01-00-00.log.gz", "conn"),
        ("conn.00:00:00-01:00:00.log.gz", "conn"),
        ("conn_20180101.log", "conn"),
        ("conn_20180101_00:00:00-01:00:00-0500.log.zst", "conn"),
        ("json_streaming_dns.3.log", "dns"),
        ("irc_message.log", "irc_message"),
        ("http.json", "http"),
        ("ssh_bruteforce.pcap", None),
        ("conn", None),
        ("conn-summary.00:00:00-01:00:00.log.gz", None),
        ("connections.txt", None),
        ("x509.log", None),
        ("README.md", None),
        ("", None),
    ],
)
def test_names_of_files(name: str, log: str | None) -> None:
    assert log_of(name) == log


def test_only_needed_text_has_a_default() -> None:
    assert defaults(ConnRecord) == {"uid": "", "conn_state": ""}
    assert defaults(HttpRecord) == {"uid": ""}
    assert defaults(NoticeRecord) == {"msg": ""}


def test_hosts_of_an_old_files_log() -> None:
    line = {"tx_hosts": ("147.32.80.7",), "rx_hosts": ("10.0.2.15",), "conn_uids": ("CA", "CB"), "is_orig": False}
    assert old_file(line) == {"uid": "CA", "orig_h": "10.0.2.15", "orig_p": 0, "resp_h": "147.32.80.7", "resp_p": 0}
    assert old_file(line | {"is_orig": True})["orig_h"] == "147.32.80.7"
    assert old_file(line | {"conn_uids": ()})["uid"] == ""


@pytest.mark.parametrize(
    "line", [{}, {"tx_hosts": ("10.0.0.1",), "rx_hosts": ()}, {"tx_hosts": ("x",), "rx_hosts": ("y",)}]
)
def test_hosts_that_are_none(line: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="no"):
        old_file(line)
