import ipaddress
from dataclasses import replace

import numpy as np
import pytest

from botwarden.core.model import Model
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Detector
from botwarden.detect.models.scorer import Scorer
from botwarden.detect.models.watch import MAX_DEVICES, MIN_WINDOW, ModelWatch
from botwarden.features.schema import NBAIOT115
from captures import SYN, arp_frame, batch_of, tcp_frame, udp_frame
from models import classifier, model, wide

LAN = (ipaddress.ip_network("192.168.0.0/24"),)
CAMERA, GATEWAY = "02:00:00:00:00:0a", "02:00:00:00:00:01"
START = 1_700_000_000.0

Frames = list[tuple[float, bytes]]


def quiet(n: int = 60) -> Frames:
    """The camera talks to the gateway every ten seconds, and is answered."""
    out: Frames = []
    for i in range(n):
        asked = udp_frame("192.168.0.10", 5000, "192.168.0.1", 53, src_mac=CAMERA, dst_mac=GATEWAY)
        told = udp_frame("192.168.0.1", 53, "192.168.0.10", 5000, src_mac=GATEWAY, dst_mac=CAMERA)
        out += [(START + 10 * i, asked), (START + 10 * i + 0.1, told)]
    return out


def flood(src: str = "192.168.0.10", mac: str = CAMERA, start: float = 300.0, n: int = 400) -> Frames:
    """Four hundred packets a second."""
    return [
        (START + start + i / 400, tcp_frame(src, 1024 + i, "203.0.113.9", 80, SYN, src_mac=mac, dst_mac=GATEWAY))
        for i in range(n)
    ]


def claims(held: Model, *frames: Frames, names: dict[int, str] | None = None, size: int = 10_000) -> list[Claim]:
    watch = ModelWatch(Scorer(held), LAN, (names or {}).get)
    detector = Detector(LAN)
    batch = batch_of(sorted([frame for part in frames for frame in part]))
    for start in range(0, len(batch), size):
        detector.update(batch[start : start + size])
        watch.update(batch[start : start + size])
    return watch.claims(detector.findings(final=True))


def test_a_device_that_goes_mad_is_told_and_why() -> None:
    held = replace(wide(threshold=3000.0, window=5), identity="ab" * 32)
    [claim] = claims(held, quiet(), flood())
    assert (claim.label, claim.role, claim.severity) == ("anomaly", "attacker", "medium")
    assert claim.model == "by hand (abababababab)"
    assert claim.first_ts == pytest.approx(START + 300, abs=1)
    assert claim.last_ts == pytest.approx(START + 301, abs=1)
    packets = claim.evidence["anomalous"]
    assert 250 < packets < 400  # the weight rises above the limit a third of a second after it began
    assert claim.reason.startswith(f"{packets} packets (")
    assert "unlike the normal traffic" in claim.reason
    assert claim.then[0].startswith("Packets from the sender came every ")
    assert claim.evidence["targets"] == ["203.0.113.9"]
    assert claim.evidence["port"] == 80
    assert 0.9 < claim.confidence <= 0.99


def test_usual_traffic_is_nothing() -> None:
    assert claims(wide(threshold=3000.0, window=5), quiet()) == []


def test_how_packets_are_batched_changes_nothing() -> None:
    held = wide(threshold=3000.0, window=5)
    assert claims(held, quiet(), flood()) == claims(held, quiet(), flood(), size=37)


def test_a_few_odd_packets_are_nothing() -> None:
    held = wide(threshold=-1.0)  # all are anomalous
    assert claims(held, quiet(MIN_WINDOW // 2)) == []
    assert len(claims(held, quiet(MIN_WINDOW // 2 + 1))) == 2


def test_forged_addresses_count_for_the_device_that_forged_them() -> None:
    found = claims(wide(threshold=3000.0, window=5), quiet(), flood(src="198.51.100.7"))
    assert [claim.evidence["targets"] for claim in found] == [["203.0.113.9"]]


def test_what_a_gateway_passes_on_is_not_its_own() -> None:
    inbound = [
        (ts, tcp_frame("203.0.113.9", 80, "192.168.0.10", 1024, SYN, src_mac=GATEWAY, dst_mac=CAMERA))
        for ts, _ in flood()
    ]
    calm = [
        (START + 5 * i, udp_frame("192.168.0.10", 5000, "203.0.113.9", 53, src_mac=CAMERA, dst_mac=GATEWAY))
        for i in range(60)
    ]
    assert claims(wide(threshold=3000.0, window=5), calm, inbound) == []


def test_a_classifier_names_it() -> None:
    columns = ["MI_dir_L5_weight", "MI_dir_L5_mean", "MI_dir_L5_variance"]
    weights = np.array([[0, 1], [0, 0], [0, 0]], np.float32)
    sure = model([], [classifier("kind", ["benign", "gafgyt.syn"], columns=columns)], [weights], schema=NBAIOT115)
    found = claims(sure, flood())
    assert [claim.label for claim in found] == ["flood.syn"]
    assert "look like the attack gafgyt.syn" in found[0].reason
    assert found[0].evidence["named"] == {"gafgyt.syn": 390}  # the window of 21 must fill first
    unsure = model(
        [], [classifier("kind", ["benign", "gafgyt.syn"], columns=columns)], [weights * 1e-3], schema=NBAIOT115
    )
    assert [claim.label for claim in claims(unsure, flood())] == ["anomaly"]


@pytest.mark.parametrize("names", [None, {0x02000000000A: "Front door"}])
def test_parts_are_found_by_mac_or_name(names: dict[int, str] | None) -> None:
    device = "front door" if names else "02-00-00-00-00-0A"
    held = wide(threshold=3000.0, window=5, device=device)
    assert len(claims(held, quiet(), flood(), names=names)) == 1
    assert claims(held, quiet(), flood(mac="02:00:00:00:00:0b", src="192.168.0.11")) == []


def test_a_flood_of_senders_is_survived() -> None:
    watch = ModelWatch(Scorer(wide(threshold=-1.0)), LAN, lambda mac: None)
    frames = [
        (START + i / 1e4, arp_frame(sender_mac=f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}"))
        for i in range(3 * MAX_DEVICES)
    ]
    batch = batch_of(frames)
    for start in range(0, len(batch), 200):
        watch.update(batch[start : start + 200])
    assert 0 < len(watch._followers) <= MAX_DEVICES
