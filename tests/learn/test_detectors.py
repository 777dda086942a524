import subprocess
import sys

import pytest
import torch

from botwarden.core.errors import ConfigError
from botwarden.detect.models.graph import check_network
from botwarden.learn.detectors import DEFAULT, DETECTORS, detector, learned_from
from botwarden.learn.graphs import Runner
from learnable import odd, rows

torch.set_num_threads(1)


@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_can_be_made_fitted_and_exported(name: str) -> None:
    made = detector(name)()
    if hasattr(made, "epochs"):
        made.epochs = 8
    made.fit(rows(400), rows(200, seed=5))
    check_network(made.to_onnx())
    runner = Runner(made.to_onnx())
    assert runner.scores(odd(200)).mean() > runner.scores(rows(200, seed=6)).mean()
    if made.has_errors:
        assert runner.errors(rows(5)).shape == (5, 12)
    assert made.settings
    assert made.algorithm == name


def test_the_default_leaves_out_what_is_no_rule_for_benign_traffic() -> None:
    columns = ["H_L5_weight", "HH_L5_covariance", "HpHp_L0.1_pcc", "HH_L5_std"]
    assert learned_from(DEFAULT, columns) == ["H_L5_weight", "HH_L5_std"]
    assert learned_from("published", columns) == columns
    assert learned_from(DEFAULT, columns[1:3]) == columns[1:3]


def test_names_and_texts() -> None:
    assert DEFAULT in DETECTORS
    assert all(choice.text and choice.text[-1] != "." for choice in DETECTORS.values())
    with pytest.raises(ConfigError, match="published"):
        detector("crystal_ball")


def test_the_table_needs_nothing_of_the_extra() -> None:
    code = "import sys, botwarden.learn.detectors; assert not {'torch', 'sklearn', 'onnx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from botwarden.core.errors import ConfigError\n"
        "from botwarden.learn.detectors import detector\n"
        "try: detector('autoencoder')\n"
        "except ConfigError as error: print(error)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "pip install 'botwarden[train]'" in out
