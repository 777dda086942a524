"""Our logs beside those that Zeek writes for its own test traces; docs/zeek-agreement.md tells what stays different."""

import importlib.util
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from traces.zeek_case import write

SHARED = Path(__file__).parents[3] / "shared"
CASES = SHARED / "data" / "zeek_baselines"
TOOL = SHARED / "tools" / "zeek_agreement.py"
DOCS = Path(__file__).parents[2] / "docs" / "zeek-agreement.md"

pytestmark = pytest.mark.skipif(not CASES.is_dir() or not TOOL.is_file(), reason="the shared data is not here")


@cache
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("zeek_agreement", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(expected: Path, out: Path) -> tuple[int, int, bool]:
    """Rows wanted, rows equal, and whether the case agrees in full, by the rules of the shared tool."""
    compared = tool()
    kind = expected.parent.parent.name
    fields, want = compared.rows(expected)
    keep = [name for name in fields if name not in compared.MADE_UP]
    write(next(path for path in expected.parent.iterdir() if path.name.startswith("trace")), out)
    log = out / f"{kind}.log"
    left = compared.rows(log)[1] if log.exists() else []
    found, equal = len(left), 0
    for row in want:
        for ours in left:
            if all(compared.same(ours.get(name, "-"), row[name]) for name in keep if name in row):
                left.remove(ours)
                equal += 1
                break
    return len(want), equal, equal == len(want) == found


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int, bool]]:
    found = {}
    for expected in sorted(CASES.glob("*/*/expected.log")):
        name = f"{expected.parent.parent.name}/{expected.parent.name}"
        found[name] = compare(expected, tmp_path_factory.mktemp("logs"))
    return found


def test_most_rows_and_cases_are_equal(results: dict[str, tuple[int, int, bool]]) -> None:
    total = Counter[str]()
    for want, equal, full in results.values():
        total.update(want=want, equal=equal, cases=1, full=int(full))
    assert total["cases"] == 91
    assert total["equal"] / total["want"] >= 0.85
    assert total["full"] / total["cases"] >= 0.75


def test_every_difference_has_its_reason_in_the_docs(results: dict[str, tuple[int, int, bool]]) -> None:
    text = DOCS.read_text("utf-8")
    different = {name for name, (_, _, full) in results.items() if not full}
    named = {name for name in results if f"`{name}`" in text}
    assert different - named == set(), "say why"
    assert named - different == set(), "these agree by now"
