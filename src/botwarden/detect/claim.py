"""`Claim`: one behaviour's reading of one episode, before claims of a kind are joined to a verdict."""

from dataclasses import dataclass, field
from typing import Any

from botwarden.core.address import ip_text
from botwarden.core.verdict import Role, Severity
from botwarden.detect.state import SAMPLES


@dataclass(frozen=True, slots=True)
class Claim:
    """What one episode says about one device.

    serial : the device
    size : how much of it there was, to rank claims of the same kind
    target : the other end, where there is one
    then : sentences that go on where the reason ends, in their order
    heard : whether it comes from what was said, so that it knows better than a count of packets
    model : name and identity of the model that makes it; None for a behaviour
    """

    serial: int
    label: str
    role: Role
    confidence: float
    severity: Severity
    first_ts: float
    last_ts: float
    reason: str
    size: float
    target: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    then: tuple[str, ...] = ()
    heard: bool = False
    model: str | None = None

    def overlaps(self, other: "Claim", slack: float = 10.0) -> bool:
        """Whether two claims are about the same time, give or take ``slack`` seconds."""
        return self.first_ts <= other.last_ts + slack and other.first_ts <= self.last_ts + slack


def source_text(episode: Any) -> str:
    """Address of who does it."""
    return ip_text(int(episode["src_hi"]), int(episode["src_lo"]))


def target_text(episode: Any) -> str:
    """Address of who suffers it."""
    return ip_text(int(episode["dst_hi"]), int(episode["dst_lo"]))


def samples(episode: Any) -> list[str]:
    """The first few addresses an episode remembers, each once."""
    n = min(int(episode["samples"]), SAMPLES)
    texts = [ip_text(int(episode["sample_hi"][k]), int(episode["sample_lo"][k])) for k in range(n)]
    return list(dict.fromkeys(texts))


def sample_ports(episode: Any) -> list[int]:
    """The first few ports an episode remembers, each once."""
    n = min(int(episode["samples"]), SAMPLES)
    return list(dict.fromkeys(int(episode["sample_port"][k]) for k in range(n)))
