import sys

from botwarden.lab.programs import ASKED, version, versions


def test_programs_that_are_there_have_a_version() -> None:
    found = versions()
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert set(found) <= {*ASKED, "python"}
    assert "unknown" not in found.values()


def test_what_says_nothing_has_none() -> None:
    assert version("true", "--") == "unknown"
    assert version("there-is-no-such-program", "-V") == "unknown"
    assert version(sys.executable, "--version").startswith("3.")
