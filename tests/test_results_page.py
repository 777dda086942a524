"""docs/results.py, the program that measures the bars, on made-up rows."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from nbaiot import attack_values, benign_values, write_csv

ROOT = Path(__file__).parents[1]


@pytest.fixture
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("results_page", ROOT / "docs" / "results.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules["results_page"] = found  # its dataclass looks itself up there
    spec.loader.exec_module(found)
    return found


def test_speed_is_told_from_what_the_benchmarks_wrote(module: ModuleType, tmp_path: Path) -> None:
    assert "Not measured" in module._speed(tmp_path)[1]
    found = {"theirs": {"seconds": 4900.0, "extrapolated": True}, "ours": {"seconds": 19.0}, "ratio": 257.9}
    (tmp_path / "training.json").write_text(json.dumps(found))
    (tmp_path / "scoring.json").write_text("no json")
    table = module._speed(tmp_path)[-1]
    assert "258 times" in table and "4,900 s (from some epochs)" in table


@pytest.mark.slow
def test_the_page_says_who_kept_to_the_bar(module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("nbaiot", "kitsune"):
        write_csv(tmp_path / folder / "benign.csv", benign_values(400))
        write_csv(tmp_path / folder / "benign_test.csv", benign_values(250, 4))
        write_csv(tmp_path / folder / "attack.csv", attack_values(250))
        for path in (tmp_path / folder).glob("*.csv"):
            import gzip

            path.with_suffix(".csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    plans = {name: plan for name, plan in module.PLANS.items() if name in ("denoising", "published recipe", "kitnet")}
    monkeypatch.setattr(module, "PLANS", plans)
    page = tmp_path / "results.md"
    monkeypatch.setattr(sys, "argv", ["results.py", "--data", str(tmp_path), "--seeds", "1", "--page", str(page)])
    module.main()
    text = page.read_text()
    assert "with 1 of 1 seeds" in text or "with 0 of 1 seeds" in text
    for part in ("packet rate alone", "## Another network", "## What the date gives away", "make results"):
        assert part in text, part
