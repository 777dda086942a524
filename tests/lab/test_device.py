import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.lab import device
from botwarden.lab.errors import LabError
from botwarden.lab.network import Network, module_command


def test_outside_the_lab_no_device_starts(tmp_path: Path) -> None:
    command = [*module_command("botwarden.lab.device"), "camera", str(tmp_path), "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr.startswith("refused: ")) == (1, True)


@pytest.mark.parametrize("noted", [None, "", "x", "999999999"])
def test_a_device_that_does_not_run_cannot_restart(tmp_path: Path, noted: str | None) -> None:
    if noted is not None:
        (tmp_path / "camera").mkdir()
        (tmp_path / "camera" / "pid").write_text(noted)
    with pytest.raises(LabError, match="the camera does not run"):
        device.restart(tmp_path, "camera")


def test_an_act_is_seen_by_those_in_its_namespace_only(network: Network) -> None:
    probe = "from botwarden.lab.device import acting; print(acting())"

    def seen(role: str) -> str:
        command = network.python(role, "x")
        return subprocess.run(
            [*command[: command.index("-m")], "-c", probe], capture_output=True, text=True, check=True
        ).stdout

    assert seen("camera") == "False\n"
    act = [sys.executable, "-c", "import time; time.sleep(60)", "botwarden.lab.act"]
    process = network.start("camera", *act)
    network.start("dvr", "sleep", "60")
    while b"botwarden.lab.act" not in Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0"):
        assert process.poll() is None
    assert (seen("camera"), seen("dvr")) == ("True\n", "False\n")
