import reports
from botwarden.web.axis import Axis
from botwarden.web.comparison import INTERVALS, VERDICTS, ComparisonView, comparison_view

AXIS = Axis(reports.START, reports.START + 724)


def view() -> ComparisonView:
    report = reports.compared().report
    assert report.comparison is not None
    return comparison_view(report.comparison, report.devices, {0: "device-0", 1: "device-1"}, AXIS)


def test_an_interval_is_told_in_words() -> None:
    scan, guessed, suffered, flood, unnamed = view().intervals
    assert (scan.device, scan.anchor, scan.title, scan.label) == (
        "porch-camera", "device-0", "Scans like Mirai", "scan.mirai",
    )  # fmt: skip
    assert (scan.start, scan.length, scan.outcome, scan.told) == ("14:03:08", "1 min 6 s", "found", "2 s")
    assert (guessed.told, guessed.known_as) == ("the end", "bruteforce.telnet")
    assert (suffered.device, suffered.role) == ("192.168.10.31", "suffers it")
    assert (flood.outcome, flood.style, flood.told, flood.known_as) == ("missed", "o-missed", "–", "")
    assert (unnamed.device, unnamed.anchor, unnamed.label) == ("02:00:00:00:00:09", "", "p2p")


def test_a_verdict_that_no_label_confirms_is_told_with_its_confidence() -> None:
    false, otherwise = view().verdicts
    assert (false.device, false.label, false.outcome, false.told) == ("camera-hall", "beacon", "false", "71 % sure")
    assert (otherwise.title, otherwise.outcome) == ("Floods another machine (SYN)", "labelled otherwise")


def test_the_line_is_that_of_the_terminal() -> None:
    assert view().line.startswith("By labels.json: 3 of 4 found, 1 missed; 1 verdict false")


def test_tables_are_limited_and_say_so() -> None:
    wrong = (reports.unconfirmed(0, reports.verdict("beacon", "low", 0, 9)),) * (VERDICTS + 1)
    many = reports.comparison(*[reports.judged(device=0)] * (INTERVALS + 2), verdicts=wrong)
    shown = comparison_view(many, reports.house().report.devices, {}, AXIS)
    assert (len(shown.intervals), shown.more_intervals) == (INTERVALS, "2 more intervals")
    assert (len(shown.verdicts), shown.more_verdicts) == (VERDICTS, "1 more verdict")
    assert (view().more_intervals, view().more_verdicts, view().more_lanes) == ("", "", "")
