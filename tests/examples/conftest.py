"""The example's scripts are no part of the package: their folder is put on the path."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES))

from lab.network import Lab, LabError  # noqa: E402

PATIENCE = 10.0  # s to wait for a lab that another test run has up


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the capture, its labels and its scripts."""
    return EXAMPLES


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """The real namespaces, without any program in them."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("network namespaces need Linux and root")
    missing = [name for name in ("ip", "nft", "sysctl", "unshare", "setpriv") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make network namespaces")
    with ExitStack() as stack:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                made = stack.enter_context(Lab(tmp_path))
                break
            except LabError as error:
                if "another recording" not in str(error):
                    raise
                if time.monotonic() > end:
                    pytest.skip(str(error))
                time.sleep(0.5)
        yield made
