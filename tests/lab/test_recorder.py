import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from botwarden.core.packet import PacketBatch
from botwarden.lab import plan
from botwarden.lab.errors import LabError
from botwarden.lab.network import Network
from botwarden.lab.recorder import Recorder, recorded
from botwarden.sources.capture import CaptureSource

TELL = "import socket, sys; s = socket.socket(2, 2); [s.sendto(bytes(100), (sys.argv[1], 9)) for _ in range(50)]"
ENDING = "Packets received/dropped on interface 'lan': {}/{} (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)\n"


def tell(host: str) -> None:
    command = ["ip", "netns", "exec", plan.namespace("camera"), sys.executable, "-c", TELL, host]
    subprocess.run(command, check=True)


def udp_to(path: Path, host: str) -> list[str]:
    """Sources of the 50 packets."""
    found = []
    for batch in CaptureSource([path]).batches():
        for k in np.flatnonzero((batch.packets["dst_port"] == 9) & (batch.packets["proto"] == 17)):
            found.append(source_of(batch, int(k)))
            assert int(batch.packets["wire_len"][k]) == int(batch.packets["cap_len"][k]) == 142
    return found


def source_of(batch: PacketBatch, k: int) -> str:
    return ".".join(map(str, batch.frame(k)[26:30]))


def test_both_sides_are_recorded_whole(network: Network, tmp_path: Path) -> None:
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")
    recorder = Recorder(network, tmp_path / "record")
    recorder.start()
    tell(plan.VICTIM_IP)
    recorder.stop()
    assert udp_to(recorder.path("lan"), plan.VICTIM_IP) == [plan.CAMERA.ip] * 50
    assert udp_to(recorder.path("wan"), plan.VICTIM_IP) == [plan.WAN_GATEWAY] * 50
    assert recorder.counts["lan"] >= 50
    assert recorder.counts["wan"] >= 50


def test_a_recording_that_ends_by_itself_is_told(network: Network, tmp_path: Path) -> None:
    recorder = Recorder(network, tmp_path)
    recorder.start()
    network.ip("gateway", "link delete wan")
    with pytest.raises(LabError, match="the recording of the wan side ended: "):
        while True:
            recorder.check()
    recorder.abandon()


def test_lost_packets_are_an_error() -> None:
    assert recorded("Capturing on 'lan'\n" + ENDING.format(123, 0)) == 123
    with pytest.raises(LabError, match="7 of 130 packets were lost"):
        recorded(ENDING.format(123, 7))
    with pytest.raises(LabError, match="does not say"):
        recorded("Capturing on 'lan'\n")


def test_without_dumpcap_its_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="apt install wireshark-common"):
        Recorder(Network(), tmp_path)
