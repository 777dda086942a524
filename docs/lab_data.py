"""Writes ``lab-data.md``: the lab's data set beside real traffic, in numbers, pictures and words.

botwarden lab dataset --out lab/ --features                    # twenty minutes, as root
botwarden lab dataset --out other/ --features --quick --seed 2
python docs/lab_data.py --data lab/ --other other/ --real ../shared/data   # ten minutes or so
"""

import argparse
import time
from pathlib import Path

import msgspec
import torch
from lab_data_columns import columns
from lab_data_finding import finding
from lab_data_models import classes, detectors
from lab_data_numbers import Facts, facts
from lab_data_rows import SAMPLE, Data
from lab_data_words import say, share, table, time_text

from botwarden._version import __version__
from botwarden.app.experiment import machine
from botwarden.app.lab_dataset import MANIFEST, Manifest
from botwarden.app.lab_table import CAPTURE, LABELS
from botwarden.app.rows import open_rows
from botwarden.core.row import ATTACK, Group, Rows
from botwarden.lab import plan
from botwarden.learn.dataset import collect

PAGE = Path(__file__).with_name("lab-data.md")
UNLIKE = (
    "## What no number above says",
    "\n".join(
        (
            "- There is no radio, and nothing is far away. Lines have a rate and a queue; only what finds a queue full "
            "is lost, and over an idle line an answer takes a tenth of a millisecond (or, stretched, some "
            "milliseconds).",
            "- Programs are few: one TLS library, one kernel and one web server stand for all makers. Real devices "
            "have stacks of their own, with other windows, options and moods.",
            "- Nine devices live there, and habits are a page of code each. A real one has rare ones: a day without a "
            "line, a guest, a new app.",
            "- Bots are slow (1,000 packets a second at most) and play ten seconds of each attack, not minutes; so the "
            "statistics with a memory of 10 s and 100 s never settle as they do in N-BaIoT.",
            "- They are written by us after published descriptions, and so is the detector. That a scan of the lab is "
            "found proves that both follow the same description.",
            "- The victim is one machine that answers, the scanned internet has 4,096 addresses of which a few hundred "
            "answer, and forged sources come from these.",
        )
    ),
)


def main() -> None:
    """Measure, draw and write the page."""
    parser = argparse.ArgumentParser(description="Writes docs/lab-data.md.")
    parser.add_argument("--data", type=Path, required=True, help="a data set of the lab, with its table")
    parser.add_argument("--other", type=Path, required=True, help="one of another seed, to judge by")
    parser.add_argument("--real", type=Path, required=True, help="a folder with nbaiot/, parity/ and so on")
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    started = time.monotonic()
    first, second = (_manifest(folder) for folder in (asked.data, asked.other))
    data = _read(asked.data / first.table, asked.other / second.table, asked.real)
    images = asked.page.parent / "images"
    images.mkdir(exist_ok=True)
    parts = [
        *_contents(first),
        *_packets(asked.data, first, asked.real),
        *columns(data, images),
        *detectors(data),
        *finding(data.lab, data.other),
        *classes(data, images),
        *UNLIKE,
    ]
    minutes = (time.monotonic() - started) / 60
    asked.page.write_text("\n\n".join([*_head(first, second, minutes), *parts]) + "\n", encoding="utf-8")


def _manifest(folder: Path) -> Manifest:
    found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    if not found.table or found.missing:
        raise SystemExit(f"{folder}: no whole data set with a table: botwarden lab dataset --out {folder} --features")
    return found


def _read(lab: Path, other: Path, real: Path) -> Data:
    def rows(path: Path, default: Group | None = None, limit: int | None = None) -> Rows:
        say(f"reading {path}")
        return collect(open_rows([path], default=default), limit=limit, per="group", total=400_000, seed=0)

    folder = real / "nbaiot"
    return Data(
        rows(lab, limit=SAMPLE),
        rows(other, limit=SAMPLE),
        rows(folder / "benign.csv.gz", Group()),
        rows(folder / "benign_test.csv.gz", Group()),
        rows(folder / "attack.csv.gz", Group(attack=ATTACK)),
        rows(real / "parity" / "camera_lan.pcap", Group()),
        rows(real / "kitsune" / "benign.csv.gz", Group()),
        rows(real / "kitsune" / "attack.csv.gz", Group(attack=ATTACK)),
    )


def _head(first: Manifest, second: Manifest, minutes: float) -> list[str]:
    used = first.runs[0].programs
    programs = ", ".join(f"{name} {text}" for name, text in used.items())
    return [
        "# The lab's data set beside real traffic",
        "[The lab](lab.md) makes a labelled data set by one command. This page says what is in it, and how far it is "
        "like what real devices and real bots send. A program writes it, words and all:",
        "```\nbotwarden lab dataset --out lab/ --features\n"
        f"botwarden lab dataset --out other/ --features{' --quick' if second.quick else ''} --seed {second.seed}\n"
        "python docs/lab_data.py --data lab/ --other other/ --real DIR\n```",
        f"Here: seed {first.seed}, {first.hours:g} h of the story, {first.packets:,} packets, recorded in "
        f"{sum(run.seconds for run in first.runs) / 60:.0f} minutes; the other one has seed {second.seed}, "
        f"{second.hours:g} h and {second.packets:,} packets{_lacking(first, second)}. Written by botwarden "
        f"{__version__} in {minutes:.0f} minutes on {machine()}. Programs of the lab: {programs}.",
        "The real traffic: rows of N-BaIoT (a random 5 % of its benign rows and 0.5 % of its attacks) and of Kitsune, "
        "the beginning of a Kitsune capture (a camera LAN), and captures of IoT Sentinel and IoT-23.",
    ]


def _lacking(first: Manifest, second: Manifest) -> str:
    runs = sorted({run.name for run in first.runs} - {run.name for run in second.runs})
    return f" (without *{'* and *'.join(runs)}*, so false alarms are counted in the rest of life)" if runs else ""


# -- what is in it -------------------------------------------------------------------------------------------------


def _contents(found: Manifest) -> list[str]:
    devices = sorted({one.device for one in found.counts})
    number = {(one.botnet, one.attack, one.device): one.packets for one in found.counts}
    kinds = sorted({kind[:2] for kind in number})
    lines = [
        [f"{botnet}.{attack}" if botnet else attack]
        + [f"{number[botnet, attack, device]:,}" if (botnet, attack, device) in number else "" for device in devices]
        for botnet, attack in kinds
    ]
    runs = [
        [run.name, run.what, f"{(run.end - run.start) / 3600:.1f} h", f"{run.packets:,}", f"{run.seconds:.0f} s"]
        for run in found.runs
    ]
    return [
        "## What is in it",
        table(["run", "what", "story", "packets", "took"], runs, 2),
        "Packets by class and device; what does not belong to an attack is benign, also while one goes on:",
        table(["class", *("router" if device == plan.GATEWAY_MAC else device or "–" for device in devices)], lines, 1),
        "Ordinary life is played up to thirty times as fast as the clock and stretched again in the recording. So the "
        "story's hours have the heartbeats, polls and visits of hours, but what programs do by themselves, a "
        "handshake, the answer to a request, is stretched with it: gaps within a conversation are up to thirty times "
        "as long as on a LAN without delay. Bursts, a clip or a video, are no faster than the device's line in the "
        "story. Attacks are not stretched.",
        f"What follows on rows is about the table, which leaves out {found.left_out:,} benign rows of devices that "
        "take part in an attack, or did within 500 s: their statistics are those of the attack.",
    ]


# -- packets ---------------------------------------------------------------------------------------------------------


def _packets(folder: Path, found: Manifest, real: Path) -> list[str]:
    lab = [(folder / run.name / CAPTURE, folder / run.name / LABELS) for run in found.runs]
    sentinel = [(path, None) for path in sorted((real / "iot_sentinel").rglob("*.pcap"))]
    say("counting packets")
    kinds: list[tuple[str, Facts]] = [
        ("lab: benign, all devices", facts(lab, benign=True)),
        ("lab: benign, the camera", facts(lab, benign=True, device="porch-camera")),
        ("real: camera LAN (Kitsune)", facts([(real / "parity" / "camera_lan.pcap", None)])),
        ("real: 21 devices set up (IoT Sentinel)", facts(sentinel)),
        ("lab: attacks", facts(lab, benign=False)),
        ("real: Hakai, 24 h (IoT-23)", facts([(real / "iot23" / "8-1_hakai.pcap", None)])),
    ]
    lines = [
        [name, f"{one.packets:,}", f"{one.rate:.3g}", *(f"{size:.0f}" for size in one.sizes), f"{one.mean:.0f}",
         *(share(one.share(protocol)) for protocol in ("tcp", "udp", "icmp", "arp")), share(one.six),
         share(one.many), *(time_text(gap) for gap in one.gaps)]
        for name, one in kinds
    ]  # fmt: skip
    head = ["traffic", "packets", "a second", "B: p10", "p50", "p90", "mean", "TCP", "UDP", "ICMP", "ARP", "IPv6",
            "to many", "gap: p50", "p90"]  # fmt: skip
    ports = [[name, ", ".join(f"{port} {share(part)}" for port, part in one.ports)] for name, one in kinds]
    by = dict(kinds)
    return [
        "## Packets",
        "Sizes are those of frames; *to many* is multicast and broadcast; a gap is the time between two packets of the "
        "same sender.",
        table(head, lines, 1),
        "Ports of servers, by their share of TCP and UDP packets:",
        table(["traffic", "ports"], ports, 2),
        *_packet_words(*(by[name] for name in list(by)[:4])),
    ]


def _packet_words(lab: Facts, camera: Facts, real: Facts, sentinel: Facts) -> list[str]:
    which = "quieter" if lab.rate < real.rate else "busier"
    times = max(lab.rate, real.rate) / min(lab.rate, real.rate)
    return [
        f"The lab's whole house sends {lab.rate:.3g} packets a second, the real camera LAN {real.rate:.3g}: the lab is "
        f"{times:.1f} times {which}. The frames of the lab's camera have a mean of {camera.mean:.0f} B, for it streams "
        f"while somebody looks; those of the real camera LAN have {real.mean:.0f} B. {share(lab.share('tcp'))} of the "
        f"lab's benign packets are TCP; the real LAN has {share(real.share('tcp'))} TCP and "
        f"{share(real.share('udp'))} UDP. Half of all gaps are below {time_text(lab.gaps[0])} in the lab and below "
        f"{time_text(real.gaps[0])} there. {share(lab.six)} of the lab's packets are IPv6, of the real ones, which are "
        f"from 2016 to 2018, {share(real.six)} and {share(sentinel.six)}; to many go {share(lab.many)} in the lab, "
        f"{share(real.many)} and {share(sentinel.many)} there.",
    ]


if __name__ == "__main__":
    main()
