import html
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

import reports
from botwarden.core.report import ScanResult
from botwarden.web.comparison import INTERVALS, VERDICTS
from botwarden.web.comparison_lanes import LANES
from botwarden.web.report import DETAILED, PLOTTED, ROWS, render
from pages import CHROMIUM, Page, browse

EVERY = {
    "house": reports.house(),
    "compared": reports.compared(),
    "quiet": reports.quiet(),
    "empty": reports.empty(),
    "hostile": reports.hostile(),
}


def test_the_page_tells_what_the_report_says() -> None:
    page = Page(render(reports.house()))
    for words in (
        "1 of 7 devices acts like a bot, 1 more is under attack",
        "scans like Mirai, guesses telnet passwords, floods another machine (SYN)",
        "3 critical, 1 high, 1 medium",
        "tried 1,412 addresses on port 23 in 64 s; 3 is the most in the hour before",
        "2024-03-12 14:03:10 – 14:04:14 UTC (1 min 4 s)",
        "Take it off the network now. Turn it off and on, set a new password, update its firmware.",
        "the device suffers it",
        "Packets per second",
        "Living Room TV",
        "Counted as local: 192.168.10.0/24",
    ):
        assert words in page.text


@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_the_page_is_whole_and_asks_for_nothing(result: ScanResult) -> None:
    text = render(result)
    page = Page(text)
    assert not {tag for tag, _ in page.elements} & {"script", "img", "link", "iframe", "object", "base", "form"}
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("src", "style", "srcset", "action") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#"), tag
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_every_link_has_its_place_and_every_id_is_one(result: ScanResult) -> None:
    page = Page(render(result))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(a.get("href") or "")[1:] for tag, a in page.elements if tag == "a"}
    labels = {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    assert targets | labels <= set(ids)


def test_what_strangers_wrote_is_text() -> None:
    text = render(reports.hostile())
    assert "<script" not in text
    assert "<img" not in text
    assert "{{" in text, "the template of a name is not run"
    assert html.escape(reports.SCRIPT) in text
    assert all(c.isprintable() or c == "\n" for c in text)
    assert len(text) < 300_000


@given(reports.ANY)
@settings(deadline=None, max_examples=60)
def test_any_report_makes_a_whole_page(result: ScanResult) -> None:
    text = render(result)
    page = Page(text)
    assert not {tag for tag, _ in page.elements} & {"script", "img"}
    assert all(c.isprintable() or c == "\n" for c in text)
    for _, attributes in page.elements:
        for name in ("x", "x1", "width"):
            place = attributes.get(name) or ""
            assert not place.endswith("%") or 0 <= float(place[:-1]) <= 100


def test_the_policy_allows_this_style_sheet_and_nothing_else() -> None:
    page = Page(render(reports.house()))
    [policy] = [a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'", policy
    )


def test_nothing_found_is_a_page_without_alarm() -> None:
    page = Page(render(reports.quiet()))
    assert "Nothing found: 7 devices, 20,000 packets, 12 min 4 s" in page.text
    assert not any("badge" in (a.get("class") or "") for _, a in page.elements)


def test_what_could_not_be_read_is_said_at_the_top() -> None:
    assert "Not all of the capture could be read." in Page(render(reports.hostile())).text
    assert "Not all of the capture" not in Page(render(reports.house())).text


def test_a_capture_without_packets_is_not_called_harmless() -> None:
    page = Page(render(reports.empty()))
    assert "Nothing found: no packet could be read" in page.text
    assert "No device in this capture scanned" not in page.text


def test_a_crowd_makes_a_page_of_bounded_size_that_says_what_it_leaves_out() -> None:
    text = render(reports.crowd())
    page = Page(text)
    assert sum(tag == "article" for tag, _ in page.elements) == DETAILED
    assert sum(tag == "tr" for tag, _ in page.elements) == ROWS + 1
    assert sum(tag == "figure" for tag, _ in page.elements) <= 3 * PLOTTED
    assert f"{5_000 - DETAILED:,} more devices with verdicts" in page.text
    assert f"… and {5_000 - ROWS:,} more devices" in page.text
    assert "Shown are 48 of 10,000 devices." in page.text
    assert len(text) < 3_000_000


def test_a_result_without_series_is_drawn_without_plots() -> None:
    page = Page(render(ScanResult(reports.house().report)))
    assert not any(tag == "figure" for tag, _ in page.elements)
    assert "tried 1,412 addresses" in page.text


def test_severity_is_never_told_by_colour_alone() -> None:
    verdicts = [reports.verdict("beacon", s, 0, 9, "x") for s in ("low", "medium", "high", "critical")]
    report = msgspec.structs.replace(
        reports.house().report, devices=[reports.device(n, None, None, v) for n, v in enumerate(verdicts)]
    )
    page = Page(render(ScanResult(report)))
    for severity in ("low", "medium", "high", "critical"):
        assert page.text.count(severity) >= 4  # key, timeline, device and verdict


def test_a_comparison_with_labels_is_a_section() -> None:
    page = Page(render(reports.compared()))
    assert "By labels.json: 3 of 4 found, 1 missed; 1 verdict false; 1 verdict by another name" in page.text
    rows = [a["class"] for tag, a in page.elements if tag == "span" and "badge o-" in (a.get("class") or "")]
    assert rows == [
        f"badge o-{word}" for word in ("found", "found", "found", "missed", "unnamed", "false", "otherwise")
    ]
    assert "Compared with labels" not in Page(render(reports.house())).text


def test_hostile_labels_make_a_page_of_bounded_size_that_says_what_it_leaves_out() -> None:
    house = reports.house().report
    names = [*reports.HOSTILE, *map(str, range(40))]
    intervals = [
        reports.judged(
            mac=names[n % 48],
            name=names[n % 48],
            label=names[n % 47],
            start=reports.START + n % 720,
            verdict=names[n % 46],
        )
        for n in range(10_000)
    ]
    wrong = [reports.unconfirmed(0, reports.verdict(names[n % 47], "low", n, n + 1)) for n in range(10_000)]
    held = msgspec.structs.replace(reports.comparison(*intervals, verdicts=tuple(wrong)), labels=reports.HUGE)
    text = render(ScanResult(msgspec.structs.replace(house, comparison=held)))
    page = Page(text)
    assert not {tag for tag, _ in page.elements} & {"script", "img"}
    assert html.escape(reports.SCRIPT) in text
    assert f"and {10_000 - INTERVALS:,} more intervals: the JSON report has all." in page.text
    assert f"and {10_000 - VERDICTS:,} more verdicts: the JSON report has all." in page.text
    assert f"Not drawn: {48 + 1 - LANES} more devices." in page.text
    assert len(text) < 2_000_000


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_a_browser_shows_the_page_and_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    shown, said = browse(tmp_path / "report.html", render(reports.compared()))
    assert "tried 1,412 addresses on port 23 in 64 s" in shown
    assert "Its telnet passwords are being guessed" in shown
    assert "CONSOLE" not in said, "the page breaks its own policy"
