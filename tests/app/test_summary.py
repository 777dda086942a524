import msgspec
import pytest

import reports
from botwarden.app.summary import (
    after_text,
    clock,
    comparison_line,
    confidence_text,
    device_title,
    duration,
    headline,
    main_ip,
    meaning,
    notes,
    role_text,
    title,
    worst,
)
from botwarden.core.capture import Damage
from botwarden.core.report import DeviceReport, Report, ScanStats
from botwarden.core.verdict import Verdict

SCAN = reports.verdict("scan.mirai", "critical", 0, 9, "tried 412 addresses")
GUESSED = reports.verdict("bruteforce.ssh", "high", 0, 9, "14 logins", role="victim")
EXPOSED = reports.verdict("exposure.telnet", "medium", 0, 9, "telnet answers", role="victim")
INFECTED = reports.verdict("infection", "critical", 0, 9, "broken into over telnet")
ODD = reports.verdict("anomaly", "medium", 0, 9, "unlike all else")
BROKEN = reports.verdict("infection", "critical", 0, 9, "broken into over telnet", role="victim")


def report(*verdicts: list[Verdict]) -> Report:
    devices = [reports.device(n, None, None, *found) for n, found in enumerate(verdicts)]
    stats = ScanStats(packets=20_000, first_ts=0.0, last_ts=720.0)
    return Report(botwarden="0.1.0", stats=stats, devices=devices)


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ([[SCAN], [SCAN, GUESSED], []], "2 of 3 devices act like bots"),
        ([[SCAN], [], []], "1 of 3 devices acts like a bot"),
        ([[SCAN], [GUESSED], []], "1 of 3 devices acts like a bot, 1 more is under attack"),
        ([[SCAN], [GUESSED], [GUESSED]], "1 of 3 devices acts like a bot, 2 more are under attack"),
        ([[GUESSED], []], "1 of 2 devices is under attack"),
        ([[GUESSED], [GUESSED]], "2 of 2 devices are under attack"),
        ([[SCAN]], "The only device acts like a bot"),
        ([[GUESSED]], "The only device is under attack"),
        ([[INFECTED, GUESSED, EXPOSED], []], "1 of 2 devices acts like a bot"),
        ([[BROKEN, EXPOSED], []], "1 of 2 devices is under attack"),
        ([[EXPOSED], []], "1 of 2 devices stands open"),
        ([[EXPOSED], [EXPOSED]], "2 of 2 devices stand open"),
        ([[EXPOSED]], "The only device stands open"),
        ([[ODD]], "The only device behaves unusually"),
        ([[ODD], [EXPOSED], []], "1 of 3 devices behaves unusually, 1 more stands open"),
        (
            [[ODD, EXPOSED], [ODD, SCAN], [ODD, GUESSED]],
            "1 of 3 devices acts like a bot, 1 more is under attack, 1 more behaves unusually",
        ),
        (
            [[SCAN], [EXPOSED], [GUESSED], [EXPOSED]],
            "1 of 4 devices acts like a bot, 1 more is under attack, 2 more stand open",
        ),
        ([[], []], "Nothing found: 2 devices, 20,000 packets, 12 min"),
        ([[]], "Nothing found: 1 device, 20,000 packets, 12 min"),
    ],
)
def test_the_headline_says_it_in_plain_words(verdicts: list[list[Verdict]], words: str) -> None:
    assert headline(report(*verdicts)) == words


def test_a_capture_without_packets_is_not_called_harmless() -> None:
    assert headline(reports.empty().report) == "Nothing found: no packet could be read"


def test_titles_follow_the_role_and_unknown_labels_stand_for_themselves() -> None:
    assert title(SCAN) == "Scans like Mirai"
    assert title(GUESSED) == "Its SSH passwords are being guessed"
    unknown = msgspec.structs.replace(SCAN, label="cnc.\x1b[1mirc")
    assert title(unknown) == "cnc.\ufffd[1mirc"
    assert meaning(unknown) == ""
    assert "sequence number" in meaning(SCAN)


def test_what_the_device_has_to_do_with_it_fits_the_label() -> None:
    assert [role_text(v) for v in (SCAN, GUESSED, EXPOSED, INFECTED, BROKEN)] == [
        "does it",
        "suffers it",
        "stands open",
        "is a bot now",
        "suffers it",
    ]


def test_the_worst_verdict_counts_wherever_it_stands() -> None:
    low = msgspec.structs.replace(SCAN, severity="low")
    assert worst(reports.device(1, None, None, low, GUESSED)) == "high"
    assert worst(reports.device(1, None, None)) is None


def test_confidence_is_never_rounded_up_to_certainty() -> None:
    shares = {0.0: "0 % sure", 0.714: "71 % sure", 0.999: "99 % sure", 1.0: "100 % sure", 7.0: "100 % sure"}
    for share, text in shares.items():
        assert confidence_text(msgspec.structs.replace(SCAN, confidence=share)) == text


def test_a_device_is_called_by_its_name_else_its_address_else_its_mac() -> None:
    device = DeviceReport(mac="00:11:22:33:44:55", ips=["fe80::1", "10.0.0.7"], name="cam", first_ts=0, last_ts=0)
    assert device_title(device) == "cam"
    assert device_title(msgspec.structs.replace(device, name=None)) == "10.0.0.7"
    assert main_ip(msgspec.structs.replace(device, ips=["fe80::1"])) == "fe80::1"
    assert device_title(msgspec.structs.replace(device, name="\u200b ", ips=[])) == "\ufffd"
    assert device_title(msgspec.structs.replace(device, name=None, ips=[])) == "00:11:22:33:44:55"
    assert device_title(msgspec.structs.replace(device, name=None, ips=[], mac=None)) == "unnamed"


def test_notes_name_what_limits_the_report() -> None:
    stats = reports.hostile().report.stats
    text = "\n".join(notes(stats))
    assert "Stopped before the end" in text
    assert "is damaged at byte 1,152,921,504,606,846,976" in text
    assert "… and 1,592 more damaged places." in text
    assert "3 packets of interface 1 in" in text
    assert "… and 1,592 more interfaces." in text
    assert "1 packet cut inside a header" in text
    assert "2 packets with a header that contradicts itself" in text
    assert "table entries were given up early" in text
    assert "and 792 more (--lan CIDR" in text
    assert len(text) < 20_000


def test_the_model_is_named() -> None:
    assert notes(ScanStats(packets=7, model="house (0123)")) == ["Judged by the model house (0123) as well."]


def test_a_clean_capture_needs_no_note() -> None:
    assert notes(ScanStats(packets=7, evictions={"hosts": 0})) == []


def test_logs_without_conversations_have_no_packets() -> None:
    stats = ScanStats(packets=0, records=12, first_ts=0.0, last_ts=720.0)
    told = Report(botwarden="0.1.0", stats=stats, devices=[reports.device(1, None, None)])
    assert headline(told) == "Nothing found: 1 device, 12 log lines"


def test_lines_of_logs_and_what_logs_do_not_tell() -> None:
    damage = Damage(path="conn.log", offset=1200, what="ts: no time", lines=3)
    stats = ScanStats(packets=7, damaged=[damage], not_run=["ARP scans: Zeek does not log ARP"])
    assert notes(stats) == [
        "conn.log: 3 lines left out, the first at byte 1,200: ts: no time.",
        "Not looked for: ARP scans: Zeek does not log ARP.",
    ]


def test_duration_of_nothing_or_of_a_clock_that_runs_backwards_is_zero() -> None:
    assert duration(ScanStats()) == 0
    assert duration(ScanStats(first_ts=9.0, last_ts=3.0)) == 0


def test_the_line_of_a_comparison_counts() -> None:
    six = reports.comparison(found=6, missed=1)
    assert comparison_line(six) == "By labels.json: 6 of 7 found, 1 missed; 0 verdicts false"
    line = comparison_line(reports.comparison(found=1, false=1, otherwise=2, outside=1))
    assert line.endswith("1 verdict false; 2 verdicts by another name than labelled; 1 interval outside the capture")
    assert comparison_line(reports.comparison(unnamed=1)).endswith("1 interval of attacks that no verdict names")
    assert comparison_line(reports.comparison(outside=3)).endswith("is it of another capture?")


def test_how_soon_is_told_of_what_was_found() -> None:
    assert after_text(reports.judged(time_to_detect=2.0)) == "2 s"
    assert after_text(reports.judged()) == "the end"
    assert after_text(reports.judged(outcome="missed", verdict=None)) == "–"


def test_times_of_a_table_name_the_day_where_there_are_several() -> None:
    assert clock([reports.START])(reports.START) == "14:00:00"
    assert clock([reports.START, reports.START + 86_400])(reports.START) == "03-12 14:00:00"
    assert clock([1e300])(1e300) == "outside the calendar"
