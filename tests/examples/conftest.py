"""The scripts of the examples are no part of the package: their folder is put on the path."""

import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES))


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the captures, their labels and scripts."""
    return EXAMPLES
