import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

import reports
from botwarden.cli.terminal import LISTED_DEVICES, render
from botwarden.core.report import ScanResult


def test_a_verdict_tells_who_what_when_why_and_what_to_do() -> None:
    text = render(reports.house().report)
    assert text.startswith("1 of 7 devices acts like a bot, 1 more is under attack\n")
    block = text[text.index("camera-hall\n") : text.index("MEDIUM")]
    assert "Hangzhou Hikvision" in block
    assert "192.168.10.21" in block
    assert "44:19:b6:00:00:15" in block
    assert "CRITICAL  Scans like Mirai  scan.mirai" in block
    assert "2024-03-12 14:03:10 – 14:04:14 UTC (1 min 4 s), 99 % sure" in block
    assert "• tried 1,412 addresses on port 23 in 64 s; 3 is the most in the hour before" in block
    assert "→ Take it off the network now." in block


def test_a_verdict_of_a_model_names_it() -> None:
    found = msgspec.structs.replace(reports.verdict("anomaly", "medium", 0, 9, "odd"), model="house (0123)\x1b[2J")
    shown = reports.house().report
    shown.devices[0].verdicts = [found]
    text = render(shown, width=120)
    assert "97 % sure, by the model house (0123)\ufffd[2J" in text


def test_a_victim_is_told_as_one() -> None:
    text = render(reports.house().report)
    assert "HIGH  Its telnet passwords are being guessed  bruteforce.telnet" in text


def test_every_device_has_a_row_with_its_packets_and_worst_verdict() -> None:
    rows = render(reports.house().report, width=120).splitlines()
    assert any(re.fullmatch(r"camera-hall · Hangz.* 192\.168\.10\.21 +44:19:b6:00:00:15 .* critical", r) for r in rows)
    assert any(re.fullmatch(r"TP-Link .* · gateway +192\.168\.10\.1 .* +2,070 +–", r) for r in rows)
    assert any(r.startswith("laptop ") for r in rows)


def test_nothing_found_is_said_first() -> None:
    lines = render(reports.quiet().report).splitlines()
    assert lines[0] == "Nothing found: 7 devices, 20,000 packets, 12 min 4 s"
    assert "note: Counted as local: 192.168.10.0/24, fe80::/10 (--lan CIDR changes this)." in lines


def test_a_capture_without_packets_makes_a_report() -> None:
    assert render(reports.empty().report).splitlines() == [
        "Nothing found: no packet could be read",
        "empty.pcap · 0 packets · 0 bytes",
    ]


@pytest.mark.parametrize("width", [1, 40, 55, 80, 100, 500])
@pytest.mark.parametrize("result", [reports.house(), reports.hostile()], ids=["house", "hostile"])
def test_no_line_is_wider_than_the_terminal(result: ScanResult, width: int) -> None:
    lines = render(result.report, width=width).splitlines()
    assert max(cell_len(line) for line in lines) <= min(max(width, 40), 120)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("colour", [False, True])
def test_what_strangers_wrote_steers_nothing(colour: bool) -> None:
    text = render(reports.hostile().report, colour=colour)
    assert "[bold]loud[/bold]" in text
    assert reports.SCRIPT in text
    assert "\ufffd[31mred" in text
    own = re.sub(r"\x1b\[[0-9;]*m", "", text) if colour else text
    assert all(c.isprintable() or c == "\n" for c in own)
    assert len(text) < 60_000


def test_colours_are_the_only_difference_that_colour_makes() -> None:
    plain, coloured = (render(reports.house().report, colour=colour) for colour in (False, True))
    assert "\x1b[" in coloured
    assert re.sub(r" *\x1b\[[0-9;]*m *| +", " ", coloured).split() == plain.split()


def test_its_own_signs_have_an_ascii_form() -> None:
    render(reports.house().report, unicode=False).encode("ascii")


def test_a_crowd_is_cut_short_aloud() -> None:
    text = render(reports.crowd().report)
    assert text.startswith("5,000 of 10,000 devices act like bots\n")
    assert "… and 4,970 more devices with verdicts" in text
    assert f"… and {10_000 - LISTED_DEVICES:,} more devices" in text
    assert len(text.splitlines()) < 400


@given(reports.ANY, st.integers(0, 200))
@settings(deadline=None, max_examples=60)
def test_any_report_fits_and_steers_nothing(result: ScanResult, width: int) -> None:
    text = render(result.report, width=width)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert max(cell_len(line) for line in text.splitlines()) <= min(max(width, 40), 120)
