import os
import subprocess
import sys
from pathlib import Path

import pytest


def record(examples: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(examples / "record.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=20, check=False, env={**os.environ, **environment}
    )


def test_a_missing_program_is_named_before_anything_starts(examples: Path, tmp_path: Path) -> None:
    done = record(examples, "--out", str(tmp_path), "--telnetd", "/nowhere/telnetd", PATH=str(tmp_path))
    assert done.returncode == 1
    expected = "/nowhere/telnetd" if os.geteuid() == 0 and sys.platform == "linux" else "needs Linux and root"
    assert done.stderr.startswith("record.py: ")
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_without_root_it_says_so(examples: Path, tmp_path: Path) -> None:
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); import record; "
        "sys.argv = ['record.py', '--out', sys.argv[2]]; os.setuid(65534); record.main()"
    )
    command = [sys.executable, "-c", script, str(examples), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (1, "record.py: needs Linux and root, to make network namespaces\n")
