import subprocess
import sys

from botwarden import __version__


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "botwarden", *arguments], capture_output=True, text=True, check=False)


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"botwarden {__version__}\n", "")


def test_the_version_loads_nothing_heavy() -> None:
    code = """
import sys
from botwarden.__main__ import main
sys.argv = ["botwarden", "--version"]
main()
print(sorted({"numpy", "numba", "typer", "rich", "msgspec", "jinja2"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"botwarden {__version__}\n[]\n"


def test_everything_else_goes_to_the_commands() -> None:
    done = run("scan", "--help")
    assert done.returncode == 0
    assert "--html" in done.stdout
