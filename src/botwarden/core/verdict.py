"""`Verdict`: a judgement on a device, and the list of all labels that one can carry."""

from typing import Any, Final, Literal

import msgspec

Severity = Literal["low", "medium", "high", "critical"]
Role = Literal["attacker", "victim"]
SEVERITIES: Final[tuple[Severity, ...]] = ("low", "medium", "high", "critical")


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector concludes about one device from one stretch of traffic."""

    label: str
    """One of `botwarden.core.label.LABELS`."""
    role: Role
    """Whether the device does it (attacker) or suffers it (victim)."""
    confidence: float
    """0 to 1: how sure it is that the label is right."""
    severity: Severity
    """How much harm it does or suffers."""
    first_ts: float
    """Time of the first packet that belongs to it, s, UTC."""
    last_ts: float
    """Time of the last one."""
    reasons: list[str]
    """Sentences with numbers, most telling first."""
    evidence: dict[str, Any]
    """The same as data: counts, rates, peers, ports, thresholds. JSON values only."""
    advice: str = ""
    """What a person should do."""
    model: str | None = None
    """Name and identity of the model that it comes from, alone or among others; null where it needed none."""

    def episodes(self) -> list[tuple[float, float]]:
        """First and last time of each of its episodes, s, UTC; of the whole where the evidence does not tell of all."""
        told = self.evidence.get("episodes")
        if not isinstance(told, list) or len(told) < self.evidence.get("episode_count", 0):
            return [(self.first_ts, self.last_ts)]
        return [(episode["first_ts"], episode["last_ts"]) for episode in told]
