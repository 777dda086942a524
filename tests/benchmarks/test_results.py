import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return importlib.import_module("results")


def figures(seconds: float, rate: float) -> dict[str, Any]:
    return {"seconds": seconds, "cpu_seconds": seconds, "packets_per_second": rate, "peak_mb": 150.0}


FOUND: dict[str, Any] = {
    "machine": {
        "cpu": "Some CPU", "cores": 2, "memory_gb": 8, "system": "Linux 6", "python": "3.11.7",
        "packages": {"botwarden": "0.1.0", "nfstream": None}, "load_before": 0.1,
    },
    "settings": {
        "packets": 1_000_000, "repeats": 3, "source": "a.pcap", "scan_rate": 5000, "attack": 300_000,
        "attack_rate": 10_000,
    },
    "start": [{"what": "--version", **figures(0.06, 0)}, {"what": "scan of a 1 MB capture", **figures(2.5, 0)}],
    "speed": [
        {"capture": "steady", "tool": "nfstream", **figures(10, 100_000)},
        {"capture": "steady", "tool": "nfstream-statistics", **figures(12.5, 80_000)},
        {"capture": "steady", "tool": "features", **figures(1, 1_000_000)},
        {"capture": "steady", "tool": "scan", **figures(4, 250_000)},
        {"capture": "scan", "tool": "features", "error": "it broke"},
    ],
    "writing": [{"capture": "steady", "file": ".csv", "file_mb": 1234.0, **figures(9, 111_111)}],
    "forged": [
        {"tool": "features", "packets": 3_000_000, "seconds": 4.0, "peak_mb": 299.0, "million_marks": [1.0, 2.0, 4.0]},
        {"tool": "scan", "packets": 3_000_000, "seconds": 6.0, "peak_mb": 301.0, "million_marks": [6.0, 6.0, 6.0]},
    ],
    "attacks": [
        {"attack": "SYN flood", "tool": "scan", **figures(2, 150_000), "evictions": {"conversations": 9_000, "x": 0}},
        {"attack": "SYN flood", "tool": "logs", **figures(3, 100_000), "peak_mb": 300.0, "evictions": {}},
        {"attack": "fragments", "tool": "scan", "error": "it broke"},
    ],
}  # fmt: skip


def row(text: str, *starts: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith("| " + " | ".join(starts))]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_ratios_are_to_the_faster_peer(results: ModuleType) -> None:
    text = results.markdown(FOUND)
    assert row(text, "botwarden features", "steady")[-2:] == ["10.0×", "8× reached"]
    assert row(text, "botwarden scan", "steady")[-2:] == ["2.5×", "3× missed"]
    assert row(text, "NFStream, statistical_analysis=True", "steady")[-2:] == ["0.8×", ""]


def test_a_failure_is_told_with_its_reason(results: ModuleType) -> None:
    text = results.markdown(FOUND)
    assert "features failed: it broke" in text
    assert row(text, "botwarden features", "telnet scan")[2] == "failed"


def test_the_flood_shows_whether_speed_and_memory_hold(results: ModuleType) -> None:
    text = results.markdown(FOUND)
    assert row(text, "botwarden features", "3,000,000")[2:] == ["1,000,000", "500,000", "299", "yes"]
    assert row(text, "botwarden scan", "3,000,000")[2:] == ["500,000", "500,000", "301", "no"]


def test_attacks_show_what_was_given_up(results: ModuleType) -> None:
    text = results.markdown(FOUND)
    assert row(text, "SYN flood", "botwarden scan")[2:] == ["150,000", "150", "yes", "conversations 9,000"]
    assert row(text, "SYN flood", "botwarden logs")[2:] == ["100,000", "300", "no", ""]
    assert row(text, "fragments")[2] == "failed"


def test_starts_have_goals(results: ModuleType) -> None:
    text = results.markdown(FOUND)
    assert row(text, "--version")[1:3] == ["0.060", "0.2 reached"]
    assert row(text, "scan of a 1 MB capture")[1:3] == ["2.500", "2.0 missed"]


def test_the_page_keeps_what_is_written_by_hand(results: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{results.BEGIN}\nold\n{results.END}\n\nThe end.\n")
    for _ in range(2):
        results.write_docs(page, FOUND)
        text = page.read_text()
        assert text.startswith("# Title\n")
        assert text.endswith("\n\nThe end.\n")
        assert "old" not in text
        assert text.count("Some CPU") == 1


def test_a_page_without_marks_is_refused(results: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n")
    with pytest.raises(SystemExit, match="marks"):
        results.write_docs(page, FOUND)
    assert page.read_text() == "# Title\n"


def test_the_docs_page_has_its_marks(results: ModuleType) -> None:
    text = (Path(__file__).parents[2] / "docs" / "benchmarks.md").read_text("utf-8")
    assert text.count(results.BEGIN) == text.count(results.END) == 1


def test_tables_for_the_terminal_hold_every_row(results: ModuleType) -> None:
    assert [table.row_count for table in results.rich_tables(FOUND)] == [5, 1, 2, 3, 2]
