import subprocess
from pathlib import Path

from botwarden.lab.network import module_command


def test_outside_the_lab_it_does_not_start(tmp_path: Path) -> None:
    command = [*module_command("botwarden.lab.internet"), str(tmp_path), "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr.startswith("refused: ")) == (1, True)


def test_a_thread_that_fails_ends_the_process() -> None:
    script = (
        "import threading; from botwarden.lab.internet import fail; threading.excepthook = fail\n"
        "threading.Thread(target=lambda: 1 / 0).start(); threading.Event().wait()"
    )
    command = [*module_command("x")[:-2], "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, "ZeroDivisionError" in done.stderr) == (1, True)
