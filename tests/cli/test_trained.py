from pathlib import Path

import torch

from botwarden.app.train import TrainInputs, train_model
from botwarden.cli.trained import render
from botwarden.learn.plan import TrainPlan
from nbaiot import benign_values, write_csv

torch.set_num_threads(1)


def test_the_summary_fits_the_terminal_and_says_what_counts(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "evil\x1b[31m.csv", benign_values(60))
    plan = TrainPlan(detector="isolation_forest", detector_settings={"trees": 5})
    result = train_model(TrainInputs([str(table)]), tmp_path / "m\x1b.model", plan)
    text = render(result, width=80)
    assert "\x1b" not in text
    for part in ("60 benign", "isolation_forest", "False positives", result.model.identity[:20], "note: "):
        assert part in text.replace("\n", ""), part
    assert max(map(len, render(result, width=60).splitlines())) <= 60 or "note" in text
    assert render(result, unicode=False).isascii()
