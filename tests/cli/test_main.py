import subprocess
import sys
from pathlib import Path

import pytest

from botwarden import __version__
from botwarden.cli.main import explain, run
from botwarden.core.errors import CaptureError, ConfigError, SchemaMismatch


def test_help_names_the_commands_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert "scan" in text
    assert "features" in text
    assert "botwarden scan house.pcap" in text


def test_help_loads_nothing_heavy() -> None:
    code = """
import sys
from botwarden.cli.main import run
run(["scan", "--help"])
print(sorted({"numpy", "numba", "msgspec", "jinja2", "pyarrow"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_the_version_is_also_an_option_among_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version", "scan"]) == 0
    assert capsys.readouterr().out == f"botwarden {__version__}\n"


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"], ["scan"], ["scan", "--nonsense", "x"], []])
def test_what_is_no_command_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "Usage: botwarden" in shown.err + shown.out


def _missing() -> OSError:
    try:
        Path("/nonexistent/\x1b[31mx").stat()
    except OSError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (ConfigError("--lan: no network: 'x'"), 2, "botwarden: --lan: no network: 'x'\n"),
        (CaptureError("a.pcap: not a\ncapture"), 2, "botwarden: a.pcap: not a capture\n"),
        (SchemaMismatch("nbaiot115 is not x"), 2, "botwarden: nbaiot115 is not x\n"),
        (_missing(), 2, "botwarden: /nonexistent/\ufffd[31mx: No such file or directory\n"),
        (OSError("no space"), 2, "botwarden: no space\n"),
        (KeyboardInterrupt(), 130, "botwarden: stopped\n"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(error) == code
    assert capsys.readouterr().err == line


def test_an_unexpected_error_is_called_our_bug(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOTWARDEN_DEBUG", raising=False)
    assert explain(ZeroDivisionError("by\nzero")) == 2
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "this is a bug in botwarden" in text
    assert "ZeroDivisionError: by zero" in text


def test_the_traceback_is_for_who_asks_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOTWARDEN_DEBUG", "1")
    try:
        raise ZeroDivisionError("by zero")
    except ZeroDivisionError as error:
        explain(error)
    assert "Traceback" in capsys.readouterr().err
