"""Speed and memory of botwarden beside NFStream's, in one run: see docs/benchmarks.md.

python benchmarks/speed.py                 # about three quarters of an hour
python benchmarks/speed.py --quick         # a tenth of the packets, one repeat
python benchmarks/speed.py --write-docs    # and put the results into docs/benchmarks.md
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import attacks
import inputs
import results
from measure import KIB_MB, TOOLS
from rich.console import Console

HERE = Path(__file__).parent
ROOT = HERE.parent
SHARED = Path(os.environ.get("BOTWARDEN_SHARED", ROOT.parent / "shared"))
DOCS = ROOT / "docs" / "benchmarks.md"
MEGABYTE = 1_000_000
STARTS = 7  # how often a start of the command is timed
COMPLETE = 0.9  # share of the packets that a tool has to account for; NFStream passes over ARP and the like
LIMIT = 1_800  # s that one measurement may take

Json = dict[str, Any]
log = Console(stderr=True).print


def main() -> None:
    options = arguments()
    options.cache.mkdir(parents=True, exist_ok=True)
    camera = SHARED / "data/parity/camera_lan.pcap"
    source = (
        camera if camera.is_file() else inputs.as_pcap(ROOT / "examples/house.pcapng", options.cache / "house.pcap")
    )
    bench = Bench(options.cache, repeats=options.repeats)
    tiny, megabyte, steady, telnet = (options.cache / f"{name}.pcap" for name in ("tiny", "megabyte", "steady", "scan"))
    inputs.head_of_capture(source, tiny, 50_000)
    inputs.head_of_capture(source, megabyte, MEGABYTE)
    inputs.repeat_capture(source, steady, options.packets)
    inputs.write(inputs.telnet_scan(options.packets), telnet)
    found: Json = {
        "machine": machine(),
        "settings": {
            "packets": options.packets,
            "repeats": options.repeats,
            "source": source.name,
            "scan_rate": inputs.SCAN_RATE,
            "attack": options.attack,
            "attack_rate": attacks.RATE,
        },
        "start": bench.starts(megabyte),
        "speed": bench.speed({"steady": steady, "scan": telnet}, options.tools, tiny, options.packets),
        "writing": bench.writing({"steady": steady, "scan": telnet}, options.packets),
        "forged": bench.forged(options.forged, tiny),
        "attacks": bench.attacks(options.attack, tiny),
    }
    for table in results.rich_tables(found):
        Console().print(table)
    for line in results.failures(found):
        log(line)
    (options.cache / "speed.json").write_text(json.dumps(found, indent=2) + "\n")
    (options.cache / "speed.md").write_text(results.markdown(found))
    log(f"written: {options.cache / 'speed.json'}, {options.cache / 'speed.md'}")
    if options.write_docs:
        results.write_docs(DOCS, found)
        log(f"written: {DOCS}")
    if not options.keep:
        for path in (tiny, megabyte, steady, telnet):
            path.unlink()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=1_000_000, help="in each of the two captures")
    parser.add_argument("--forged", type=int, default=10_000_000, help="packets of the flood from forged sources")
    parser.add_argument("--attack", type=int, default=300_000, help="packets of each of the attacks")
    parser.add_argument("--repeats", type=int, default=3, help="medians of so many runs are reported")
    parser.add_argument(
        "--tools", nargs="+", choices=TOOLS, default=["nfstream", "nfstream-statistics", "features", "scan", "logs"]
    )
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "botwarden-benchmarks", metavar="DIR"
    )
    parser.add_argument("--keep", action="store_true", help="leave the captures in the cache folder")
    parser.add_argument("--quick", action="store_true", help="a tenth of the packets, one repeat")
    parser.add_argument("--write-docs", action="store_true", help="put the results into docs/benchmarks.md")
    options = parser.parse_args()
    if options.quick:
        options.packets, options.forged, options.repeats = options.packets // 10, options.forged // 10, 1
        options.attack //= 10
    return options


class Bench:
    """Runs each measurement in a fresh process. What is compiled is kept in a folder of the benchmark's own."""

    def __init__(self, folder: Path, *, repeats: int) -> None:
        self._folder = folder
        self._repeats = repeats
        self._kernels = folder / "kernels"
        shutil.rmtree(self._kernels, ignore_errors=True)
        self._kernels.mkdir()

    def speed(self, captures: dict[str, Path], tools: list[str], tiny: Path, packets: int) -> list[Json]:
        """Every tool on every capture; the repeats of the tools take turns, so that a busy moment hits them alike."""
        runs: dict[tuple[str, str], list[Json]] = {(name, tool): [] for name in captures for tool in tools}
        for repeat in range(self._repeats):
            for (name, tool), done in runs.items():
                run = self._measure(tool, str(captures[name]), tiny)
                if run.get("packets", packets) < COMPLETE * packets:
                    run = {"error": f"read {run['packets']:,} of {packets:,} packets only"}
                log(f"{repeat + 1}/{self._repeats} {tool} on {name}: {_outcome(run)}")
                done.append(run)
        return [{"capture": name, "tool": tool, **_medians(done, packets)} for (name, tool), done in runs.items()]

    def forged(self, packets: int, tiny: Path) -> list[Json]:
        """A flood from forged sources, read from standard input while it is made."""
        found = []
        for tool in ("features", "scan"):
            with subprocess.Popen([sys.executable, HERE / "inputs.py", str(packets)], stdout=subprocess.PIPE) as maker:
                run = self._measure(tool, "-", tiny, stdin=maker.stdout)
            log(f"{tool} on {packets:,} forged sources: {_outcome(run)}")
            found.append({"tool": tool, **run})
        return found

    def attacks(self, packets: int, tiny: Path) -> list[Json]:
        """Every attack, read by ``scan`` and by ``logs``, by that with and without a budget."""
        found = []
        for name in attacks.ATTACKS:
            capture = self._folder / "attack.pcap"
            inputs.write(attacks.attack(name, packets), capture)
            for tool in ("scan", "logs", "logs-budget"):
                runs = [self._measure(tool, str(capture), tiny) for _ in range(self._repeats)]
                found.append({"attack": name, "tool": tool, **_medians(runs, packets)})
                log(f"{tool} on {name}: {_outcome(runs[-1])}")
            capture.unlink()
        return found

    def writing(self, captures: dict[str, Path], packets: int) -> list[Json]:
        """``botwarden features`` with its files: the whole command, start-up included."""
        found = []
        for name, capture in captures.items():
            for suffix in (".parquet", ".csv"):
                out = self._folder / f"rows{suffix}"
                runs = [self._command("features", str(capture), "--out", str(out)) for _ in range(self._repeats)]
                size = out.stat().st_size / 1e6 if out.exists() else 0.0
                out.unlink(missing_ok=True)
                found.append({"capture": name, "file": suffix, "file_mb": size, **_medians(runs, packets)})
                log(f"features --out x{suffix} on {name}: {_outcome(runs[-1])}")
        return found

    def starts(self, capture: Path) -> list[Json]:
        """What it takes to start the command. The first scan compiles the kernels; later ones find them compiled."""
        found = [{"what": "scan of a 1 MB capture, first run ever", **self._command("scan", str(capture))}]
        for what, command in (
            ("--version", ["--version"]),
            ("--help", ["--help"]),
            ("scan of a 1 MB capture", ["scan", str(capture)]),
        ):
            runs = [self._command(*command) for _ in range(STARTS)]
            found.append({"what": what, **_medians(runs, 0)})
        return found

    def _measure(self, tool: str, capture: str, tiny: Path, **streams: Any) -> Json:
        command = [sys.executable, str(HERE / "measure.py"), tool, capture, str(tiny)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT, env=self._env(), check=False, **streams
            )
        except subprocess.TimeoutExpired:
            return {"error": f"not done after {LIMIT} s"}
        if done.returncode:
            return {"error": _last_line(done.stderr) or f"exit code {done.returncode}"}
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def _command(self, *arguments: str) -> Json:
        """Wall seconds and peak memory of the botwarden command."""
        start = time.perf_counter()
        with (self._folder / "output.txt").open("w+") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "botwarden", *arguments], stdout=output, stderr=output, env=self._env()
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read()
            if process.returncode not in (0, 1) or "Traceback" in said:  # 1: scan found something
                return {"error": _last_line(said) or f"exit code {process.returncode}"}
        return {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss * KIB_MB}

    def _env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "NUMBA_CACHE_DIR": str(self._kernels), "PYTHONPYCACHEPREFIX": str(self._kernels / "modules")}


def _medians(runs: list[Json], packets: int) -> Json:
    """Medians of the runs, or the error of one that failed."""
    failed = next((run for run in runs if "error" in run), None)
    if failed:
        return failed
    found: Json = {key: statistics.median(run[key] for run in runs) for key in ("seconds", "cpu_seconds", "peak_mb")}
    found |= {"packets_per_second": packets / found["seconds"], "all_seconds": [run["seconds"] for run in runs]}
    return {**found, "evictions": runs[-1].get("evictions", {})}


def _outcome(run: Json) -> str:
    return str(run["error"]) if "error" in run else f"{run['seconds']:.2f} s, {run['peak_mb']:.0f} MB"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:200]


def machine() -> Json:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    models = (
        [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return {
        "cpu": models[0] if models else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in ("botwarden", "numpy", "numba", "nfstream")},
        "load_before": round(os.getloadavg()[0], 2),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
