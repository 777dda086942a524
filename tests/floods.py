"""A run as it lies in the lab's data set, made without a lab: the camera's packets and a label for its flood."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from botwarden.core.labels import Interval, LabelledDevice, Labels
from botwarden.lab import plan
from captures import pcapng, udp_frame

STORY = 1_795_802_400.0


def write_flood(folder: Path, sent: Sequence[tuple[float, str]]) -> None:
    """Its capture and labels; ``sent``: seconds of the story and targets, the victim flooded from 9 to 12."""
    folder.mkdir(parents=True)
    mac, ip = plan.CAMERA.mac, plan.CAMERA.ip
    frames = [(STORY + at, udp_frame(ip, 4_000, to, 9, src_mac=mac, dst_mac=plan.GATEWAY_MAC)) for at, to in sent]
    (folder / "lan.pcapng").write_bytes(pcapng(frames))
    flood = Interval(
        label="flood.udp", mac=mac, role="attacker", target=plan.VICTIM_IP, start=STORY + 9, end=STORY + 12,
        botnet="mirai", attack="udp",
    )  # fmt: skip
    camera = LabelledDevice(mac=mac, ips=[ip], name="porch-camera", role="camera")
    (folder / "labels.json").write_bytes(msgspec.json.encode(Labels(devices=[camera], intervals=[flood])))
