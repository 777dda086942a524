import io
import json
import subprocess
import sys
from pathlib import Path

from botwarden.cli.comparison import comparison_part
from botwarden.cli.terminal import screen
from botwarden.core.comparison import Comparison, JudgedVerdict
from examples.recording import HOUSE, HOUSE_LABELS
from reports import HOSTILE, START, comparison, judged


def drawn(comparison: Comparison, width: int = 80) -> str:
    out = io.StringIO()
    screen(out, width, False).print(comparison_part(comparison))
    return out.getvalue()


def test_rows_say_how_soon_it_was_seen() -> None:
    text = drawn(
        comparison(
            judged(name="porch-camera", time_to_detect=2.0),
            judged(verdict="scan.horizontal"),
            judged(outcome="missed", verdict=None),
            found=2,
            missed=1,
        ),
        width=110,
    )
    first, second, third = (line.rstrip() for line in text.splitlines() if "scan.mirai" in line)
    assert first.split() == ["14:00:00", "12", "s", "porch-camera", "scan.mirai", "found", "2", "s"]
    assert second.endswith("the end")
    assert third.endswith("–")
    assert "scan.horizontal" in text


def test_eighty_columns_hold_usual_names_whole_and_say_who_suffered() -> None:
    long = judged(name="porch-camera", label="bruteforce.telnet", verdict="bruteforce.telnet",
                  end=START + 2386, time_to_detect=2190.0)  # fmt: skip
    hit = judged(name="attic-ap", role="victim", outcome="unnamed", verdict=None)
    first, second = (line.rstrip() for line in drawn(comparison(long, hit)).splitlines() if "14:00:00" in line)
    assert first.split("  ")[0] == "14:00:00"
    for whole in ("39 min 46 s", "porch-camera", "bruteforce.telnet", "found", "36 min 30 s"):
        assert whole in first
    assert "on attic-ap" in second and "unnamed" in second


def test_days_are_named_where_there_are_several() -> None:
    assert "03-13 14:00:00" in drawn(comparison(judged(), judged(start=START + 86400, end=START + 86401)))


def test_text_from_outside_stays_text() -> None:
    for text in HOSTILE:
        verdict = JudgedVerdict(
            mac=text, name=text, device=0, label=text, role="victim", confidence=1, first_ts=1e300, last_ts=1e301,
            labelled=False,
        )  # fmt: skip
        shown = drawn(
            comparison(judged(name=text, mac=text, label=text, verdict=text, start=-1e300), verdicts=(verdict,))
        )
        assert not any(ord(c) < 32 and c != "\n" for c in shown)


def test_the_command_prints_and_writes_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "botwarden", "scan", HOUSE, "--labels", HOUSE_LABELS,
         "--json", tmp_path / "report.json", "--html", tmp_path / "report.html"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "6 of 6 found, 0 missed; 0 verdicts false" in " ".join(done.stdout.split())
    written = json.loads((tmp_path / "report.json").read_text())["comparison"]
    assert written["found"] == len(written["intervals"]) == 6
    assert "6 of 6 found, 0 missed; 0 verdicts false" in (tmp_path / "report.html").read_text()
