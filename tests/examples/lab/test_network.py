import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab.network import Lab, LabError, run

from lab import plan

CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], 23), 0.7)"


def lab_namespaces() -> list[str]:
    return [line for line in run("ip", "netns", "list").splitlines() if line.startswith(plan.PREFIX)]


def test_the_camera_reaches_the_lab_and_nothing_else(lab: Lab) -> None:
    camera = plan.namespace("camera")
    run("ip", "-netns", camera, "address", "add", f"{plan.CAMERA.ip}/24", "dev", "eth0")
    run("ip", "-netns", camera, "route", "add", "default", "via", plan.GATEWAY_IP)

    def connect(host: str) -> str:
        command = ["ip", "netns", "exec", camera, sys.executable, "-c", CONNECT, host]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    assert "ConnectionRefusedError" in connect("198.18.1.9")  # a machine of the lab with all ports closed
    for outside in ("198.18.0.1", "192.0.2.2"):
        assert "TimeoutError" in connect(outside)


def test_there_is_one_lab_and_nothing_is_left_of_it_after_an_error(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="another recording"), Lab(tmp_path):
        pass
    assert len(lab_namespaces()) == 7
    process = lab.start("internet", "sleep", "600")
    lab.check()
    lab.start("internet", "true").wait()
    with pytest.raises(LabError, match=r"^true ended with status 0$"), ExitStack() as stack:
        stack.push(lab)
        lab.check()
    assert lab_namespaces() == []
    assert process.returncode is not None
