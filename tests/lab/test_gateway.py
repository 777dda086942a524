import subprocess
from pathlib import Path

from botwarden.lab import gateway, serving
from botwarden.lab.network import module_command
from houses import ask


def test_the_page_is_shown_and_nothing_behind_it() -> None:
    port = serving.serve_http("127.0.0.1", 0, gateway.Home).server_port
    assert ask(port, "GET", "/") == (200, gateway.HOME)
    assert ask(port, "GET", "/settings")[0] == 401
    assert ask(port, "POST", "/login", b"user=admin&password=admin")[0] == 403


def test_outside_the_lab_it_does_not_start(tmp_path: Path) -> None:
    command = [*module_command("botwarden.lab.gateway"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr.startswith("refused: ")) == (1, True)
