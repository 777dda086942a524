import subprocess
import sys
from pathlib import Path

from botwarden.stores.model import write_model
from models import model


def run(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botwarden", "model", str(path)]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def test_a_model_is_shown(tmp_path: Path) -> None:
    identity = write_model(model(), tmp_path / "a.model")
    done = run(tmp_path / "a.model")
    assert (done.returncode, done.stderr) == (0, "")
    assert identity in done.stdout
    assert "autoencoder" in done.stdout
    assert "Knows nothing." in done.stdout


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.model").write_bytes(b"PK\3\4 manifest.json")
    done = run(tmp_path / "a.model")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("damaged, or was changed after it was written\n")
