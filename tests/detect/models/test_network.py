import os
import subprocess
import sys

import numpy as np
import pytest
from onnx import helper

from botwarden.core.errors import ModelError
from botwarden.detect.models.network import Network
from botwarden.learn.graphs import constant
from models import network, squares


def test_a_network_is_loaded_when_it_is_first_used() -> None:
    made = Network(b"no network", "all", 3, {"score": None})
    with pytest.raises(ModelError, match="'all' cannot be used"):
        made.run("score", np.zeros((1, 3), np.float32))


def test_outputs_are_given_by_name() -> None:
    made = Network(squares(2), "all", 2, {"score": None, "errors": 2})
    x = np.array([[1, 3], [0, 0]], np.float32)
    assert made.run("score", x).tolist() == [5, 0]
    assert made.run("errors", x).tolist() == [[1, 9], [0, 0]]


@pytest.mark.parametrize(
    ("width", "outputs", "says"),
    [
        (4, {"score": None}, "'x' with 4 columns"),
        (3, {"probability": 2}, "no output 'probability'"),
        (3, {"errors": 2}, "wrong shape"),
        (3, {"errors": None}, "wrong shape"),
    ],
)
def test_inputs_and_outputs_are_held_to(width: int, outputs: dict[str, int | None], says: str) -> None:
    made = Network(squares(3), "all", width, outputs)
    with pytest.raises(ModelError, match=says):
        made.run(next(iter(outputs)), np.zeros((2, 3), np.float32))


def test_a_network_that_fails_at_work_is_named() -> None:
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["score"])]
    made = Network(network(nodes, [constant("shape", np.array([7]))], 3, "score", ["n"]), "all", 3, {"score": None})
    with pytest.raises(ModelError, match="'all' cannot be used"):
        made.run("score", np.zeros((2, 3), np.float32))


def test_nothing_is_written_to_the_terminal() -> None:
    """Neither when ONNX Runtime is loaded, nor when it refuses a network."""
    program = (
        "from botwarden.detect.models.network import Network\n"
        "try:\n    Network(b'no network', 'all', 3, {'score': None}).open()\n"
        "except ValueError: pass\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=dict(os.environ))
    assert done.stdout + done.stderr == b""
