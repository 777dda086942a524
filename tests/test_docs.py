"""The pages tell the truth: their links lead somewhere, and what the README shows is what the demo prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s#]+)(#[^)\s]*)?\)")


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    targets = [target for target, _ in _LINK.findall(page.read_text()) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_page_is_linked_from_another(page: Path) -> None:
    if page.name == "README.md":
        return
    linked = {
        (other.parent / target).resolve()
        for other in PAGES
        if other != page
        for target, _ in _LINK.findall(other.read_text())
        if "://" not in target
    }
    assert page.resolve() in linked


@pytest.mark.parametrize(("mark", "capture"), [("demo", "house.pcapng"), ("break-in", "break-in.pcapng")])
def test_the_readme_shows_what_the_demo_prints(mark: str, capture: str) -> None:
    shown = re.search(rf"<!-- {mark} -->\n```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown
    run = subprocess.run(
        [sys.executable, "-m", "botwarden", "scan", f"examples/{capture}"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    if mark == "demo":
        assert shown[1].strip() == run.stdout.strip()
    else:
        assert shown[1] in run.stdout
