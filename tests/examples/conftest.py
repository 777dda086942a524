"""The scripts of the examples are no part of the package: their folder is put on the path."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from examples.recording import Frame, ipv4_frames, raw_frames

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES))


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the captures, their labels and scripts."""
    return EXAMPLES


# Of the capture that a module of tests names with STORY.


@pytest.fixture(scope="module")
def labels(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Its labels file."""
    parsed: dict[str, Any] = json.loads((EXAMPLES / f"{request.module.STORY}-labels.json").read_text())
    return parsed


@pytest.fixture(scope="module")
def raw(request: pytest.FixtureRequest) -> list[tuple[float, bytes]]:
    """Every frame of it with its time."""
    return raw_frames(EXAMPLES / f"{request.module.STORY}.pcapng")


@pytest.fixture(scope="module")
def frames(raw: list[tuple[float, bytes]]) -> list[Frame]:
    """Those that carry IPv4."""
    return ipv4_frames(raw)
