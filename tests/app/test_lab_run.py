import csv
import hashlib
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import houses
from botwarden.app.lab_run import RunPlan, RunResult, run_lab, write_run
from botwarden.core.errors import ConfigError
from botwarden.lab import plan
from botwarden.lab.acting import Done
from botwarden.lab.clock import Stretch
from botwarden.lab.errors import LabError
from botwarden.lab.labelling import Played
from botwarden.lab.network import Network, run
from botwarden.lab.scenario import Step
from botwarden.sources.capture import CaptureSource
from botwarden.sources.labels import read_labels
from captures import enhanced_packet, interface_description, section_header, udp_frame

network = houses.network
MACHINE, STORY = 1_796_000_000.0, 1_795_900_000.0
WAN_MAC, PROVIDER = "02:00:00:00:00:aa", "02:00:00:00:00:bb"
STRETCHES = [Stretch(MACHINE, STORY, 10.0), Stretch(MACHINE + 10, STORY + 100, 1.0)]
FLOOD = Step(act="flood-udp", label="flood.udp", attack="udpplain", phase="attack")


def played(start: float, end: float) -> Played:
    done = Done(start=STORY + start, end=STORY + end, count=20, target=plan.VICTIM_IP, what="20 packets")
    return Played(
        scenario="story", number=0, botnet="mirai", actor="camera", step=FLOOD, began=STORY + start, done=done
    )


def recording(path: Path, src: str, src_mac: str, dst_mac: str) -> Path:
    """A packet to the cloud 5 s after the beginning, and twenty to the victim from the 12th second on."""
    sent = [(5.0, plan.CLOUD_IP)] + [(12.0 + n / 20, plan.VICTIM_IP) for n in range(20)]
    frames = [(MACHINE + at, udp_frame(src, 4_000, to, 9, src_mac=src_mac, dst_mac=dst_mac)) for at, to in sent]
    packets = b"".join(enhanced_packet(round(ts * 1e6), frame) for ts, frame in frames)
    path.write_bytes(section_header() + interface_description() + packets)
    return path


@pytest.fixture
def written(tmp_path: Path) -> tuple[RunResult, Path]:
    recordings = {
        "lan": recording(tmp_path / "a.pcapng", plan.CAMERA.ip, plan.CAMERA.mac, plan.GATEWAY_MAC),
        "wan": recording(tmp_path / "b.pcapng", plan.WAN_GATEWAY, WAN_MAC, PROVIDER),
    }
    result = RunResult([played(101.9, 103.5)], (STORY, STORY + 110), False, packets={"lan": 21, "wan": 21})
    out = tmp_path / "out"
    out.mkdir()
    write_run(result, recordings, STRETCHES, WAN_MAC, out)
    return result, out


def test_captures_are_in_story_time(written: tuple[RunResult, Path]) -> None:
    _, out = written
    for name in ("lan.pcapng", "wan.pcapng"):
        (batch,) = CaptureSource([out / name]).batches()
        assert batch.ts[:2].tolist() == [STORY + 50, STORY + 102]
        assert len(batch) == 21


def test_labels_are_of_their_capture(written: tuple[RunResult, Path]) -> None:
    _, out = written
    for labels, capture, mac in (
        ("labels.json", "lan.pcapng", plan.CAMERA.mac),
        ("wan-labels.json", "wan.pcapng", WAN_MAC),
    ):
        read = read_labels(out / labels, capture)
        assert read.capture == capture
        assert read.sha256 == hashlib.sha256((out / capture).read_bytes()).hexdigest()
        assert [one.mac for one in read.intervals] == [mac]
        assert "python" in read.programs


def test_flows_are_of_both_sides(written: tuple[RunResult, Path]) -> None:
    result, out = written
    with (out / "flows.csv").open() as file:
        flows = list(csv.DictReader(file))
    assert result.flows == len(flows) == 4
    told = [(one["side"], one["dst"], one["device"], one["packets"], one["label"], one["attack"]) for one in flows]
    assert told == [
        ("lan", plan.CLOUD_IP, plan.CAMERA.mac, "1", "", "benign"),
        ("lan", plan.VICTIM_IP, plan.CAMERA.mac, "20", "flood.udp", "udpplain"),
        ("wan", plan.CLOUD_IP, WAN_MAC, "1", "", "benign"),
        ("wan", plan.VICTIM_IP, WAN_MAC, "20", "flood.udp", "udpplain"),
    ]
    assert {one["botnet"] for one in flows} == {"", "mirai"}
    assert {one["phase"] for one in flows} == {"", "attack"}
    assert result.files[out / "flows.csv"] == (out / "flows.csv").stat().st_size
    assert len(result.files) == 5


def test_a_recording_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    recordings = {side: recording(tmp_path / side, plan.CAMERA.ip, plan.CAMERA.mac, WAN_MAC) for side in ("lan", "wan")}
    result = RunResult([played(101.9, 103.5)], (STORY, STORY + 110), False, packets={"lan": 22, "wan": 21})
    with pytest.raises(LabError, match="holds 21 of 22 packets"):
        write_run(result, recordings, STRETCHES, WAN_MAC, tmp_path)


def test_what_cannot_be_written_leaves_the_earlier_run_as_it_was(tmp_path: Path) -> None:
    recordings = {side: recording(tmp_path / side, plan.CAMERA.ip, plan.CAMERA.mac, WAN_MAC) for side in ("lan", "wan")}
    (tmp_path / "wan").write_bytes((tmp_path / "wan").read_bytes()[:-3])
    out = tmp_path / "out"
    out.mkdir()
    (out / "lan.pcapng").write_text("earlier")
    result = RunResult([played(101.9, 103.5)], (STORY, STORY + 110), False, packets={"lan": 21, "wan": 21})
    with pytest.raises(LabError, match="ends within a block"):
        write_run(result, recordings, STRETCHES, WAN_MAC, out)
    assert [path.name for path in out.iterdir()] == ["lan.pcapng"]
    assert (out / "lan.pcapng").read_text() == "earlier"


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    houses.need_lab()  # root, and leave to mount a small disk
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path\nimport test_lab_run as t\n"
        "out, at = Path(sys.argv[1]), Path(sys.argv[1]).parent\n"
        "ends = t.plan.CAMERA.ip, t.plan.CAMERA.mac, t.WAN_MAC\n"
        "recordings = {side: t.recording(at / side, *ends) for side in ('lan', 'wan')}\n"
        "result = t.RunResult([t.played(1, 2)], (1.0, 2.0), False, packets={'lan': 21, 'wan': 21})\n"
        "try: t.write_run(result, recordings, t.STRETCHES, t.WAN_MAC, out)\n"
        "except OSError as error: print(error.strerror, error.filename == str(out), list(out.iterdir()))"
    )
    (tmp_path / "out").mkdir()
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    script = f'mount -t tmpfs -o size=8k tmpfs {shlex.quote(str(tmp_path / "out"))} && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", code, str(tmp_path / "out"), *here]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "No space left on device True []\n", done.stderr


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"scenarios": []}, "name a scenario"),
        ({"scenarios": ["no-such-story"]}, "there is no scenario 'no-such-story'"),
        ({"scenarios": ["mirai@fridge"]}, "nobody in the lab is called 'fridge'"),
        ({"speed": 0.0}, "a speed is above 0"),
        ({"speed": float("nan")}, "a speed is above 0"),
        ({"peace": -1.0}, "peace lasts from 0"),
        ({"peace": float("inf")}, "peace lasts from 0"),
        ({"start": "yesterday"}, "is no date and time"),
    ],
)
def test_what_cannot_be_played_is_refused_at_once(asked: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        run_lab(RunPlan(**{"scenarios": ["mirai"], "out": tmp_path / "out", **asked}))  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_lab_that_is_up_is_used_and_goes_on_as_before(network: Network, tmp_path: Path) -> None:
    """Nobody lives in it: the camera's address is enough for what is played."""
    houses.need_lab("dumpcap")
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")
    network.set_speed(3.0)
    (tmp_path / "short.toml").write_text(
        'what = "a short flood"\ndevice = "camera"\n[[step]]\nact = "flood-udp"\nlabel = "flood.udp"\n'
        "after = 1.0\noptions = { count = 50, rate = 100.0 }\n"
    )
    asked = RunPlan([str(tmp_path / "short.toml")], tmp_path / "out", speed=30.0, peace=10.0)
    with pytest.raises(LabError, match="another process is busy"):
        run_lab(asked)
    network.release()
    with pytest.raises(ConfigError, match="has its own time"):
        run_lab(RunPlan(asked.scenarios, asked.out, start="2026-11-27"))
    result = run_lab(asked)
    assert result.took_over
    assert result.packets["wan"] >= 50
    assert network.is_up
    assert network.clock.speed == 3.0
    assert not (network.folder / "recording").exists()


def test_what_fails_leaves_nothing_running_in_a_lab_that_is_up(network: Network, tmp_path: Path) -> None:
    houses.need_lab("dumpcap")
    (tmp_path / "lost.toml").write_text('what = "a call"\ndevice = "camera"\n[[step]]\nact = "call"\nafter = 0.0\n')
    network.release()
    with pytest.raises(LabError, match=r"^call failed with status 1: "):
        run_lab(RunPlan([str(tmp_path / "lost.toml")], tmp_path / "out", peace=0.0))
    assert network.is_up
    assert not list((tmp_path / "out").iterdir())
    assert not (network.folder / "recording").exists()
    assert run("ip", "netns", "pids", plan.namespace("gateway")) == ""
