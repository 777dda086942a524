import subprocess
import sys
from pathlib import Path

from botwarden.app.lab_dataset import Count, Manifest
from botwarden.cli.lab_dataset import manifest_text


def manifest(device: str = "porch-camera") -> Manifest:
    counts = [
        Count(device=device, botnet="", attack="benign", packets=1_200),
        Count(device=device, botnet="mirai", attack="syn", packets=4_000),
        Count(device="attic-ap", botnet="", attack="benign", packets=34),
    ]
    return Manifest(
        botwarden="1",
        seed=7,
        quick=False,
        hours=3.4,
        packets=5_234,
        counts=counts,
        table="rows.parquet",
        left_out=1_031,
    )


def test_the_end_says_how_much_there_is_of_what() -> None:
    text = manifest_text(manifest(), Path("out"), 80)
    assert text.startswith("5,234 packets, 3.4 h of the story, seed 7\n")
    rows = [line.split() for line in text.splitlines()]
    assert ["benign", "1,234", "porch-camera", "1,200,", "attic-ap", "34"] in rows
    assert ["mirai.syn", "4,000", "porch-camera", "4,000"] in rows
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "1,031 benign rows of devices that attack, or just did, are not in the table" in text
    assert "out/manifest.json" in text and "out/rows.parquet" in text


def test_names_cannot_drive_the_terminal() -> None:
    assert "\x1b" not in manifest_text(manifest("\x1b[31mred\x07"), Path("o\x1but"), 80)


def test_a_bad_list_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text("run = 1")
    command = [sys.executable, "-m", "botwarden", "lab", "dataset", "--out", "out", "--list", "list.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "list.toml" in done.stderr
    assert not (tmp_path / "out").exists()
