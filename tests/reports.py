"""Reports as a scan would give them, for the tests of their faces."""

import msgspec
import numpy as np
from hypothesis import strategies as st

from botwarden.core.capture import Damage, Skipped
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.label import LABELS
from botwarden.core.report import DeviceReport, Report, ScanResult, ScanStats, Series
from botwarden.core.verdict import SEVERITIES, Role, Severity, Verdict

START = 1_710_252_000.0  # 2024-03-12 14:00:00 UTC
SCRIPT = "<script>alert(1)</script>"
ESCAPES = "\x1b[31mred\x1b[0m\x1b]0;owned\x07 [bold]loud[/bold] \u202egnp.exe\u2066 \x9b2J\r\nnew line"
HUGE = "A" * 10_000
HOSTILE = (SCRIPT, ESCAPES, HUGE, "' onmouseover='x", '"><img src=x onerror=y>', "{{ 7 * 7 }}", "\udcff\ud800", "")


def verdict(
    label: str,
    severity: Severity,
    first: float,
    last: float,
    *reasons: str,
    role: Role = "attacker",
    confidence: float = 0.97,
    advice: str = "",
    **evidence: object,
) -> Verdict:
    return Verdict(
        label=label,
        role=role,
        confidence=confidence,
        severity=severity,
        first_ts=START + first,
        last_ts=START + last,
        reasons=list(reasons),
        evidence=dict(evidence),
        advice=advice,
    )


def device(
    number: int, name: str | None, vendor: str | None, *verdicts: Verdict, gateway: bool = False
) -> DeviceReport:
    return DeviceReport(
        mac=f"44:19:b6:00:{number >> 8 & 255:02x}:{number & 255:02x}",
        ips=[f"192.168.10.{number & 255}", f"fe80::4619:b6ff:fe00:{number:x}"],
        vendor=vendor,
        name=name,
        gateway=gateway,
        first_ts=START + number % 60,
        last_ts=START + 724,
        packets_sent=900 * number % 7919 + 40,
        bytes_sent=90_000 * number,
        packets_received=1_100 * number % 5003 + 30,
        bytes_received=340_000 * number,
        verdicts=list(verdicts),
    )


def house() -> ScanResult:
    """Seven devices: a camera that scans, guesses and floods; a recorder that it attacks; five that do nothing."""
    camera = device(
        21,
        "camera-hall",
        "Hangzhou Hikvision Digital Technology Co.,Ltd.",
        verdict(
            "scan.mirai",
            "critical",
            190,
            254,
            "tried 1,412 addresses on port 23 in 64 s; 3 is the most in the hour before",
            "the TCP sequence number of every one of 1,412 requests equals the address it went to",
            confidence=0.995,
            advice="Take it off the network now. Turn it off and on, set a new password, update its firmware.",
            targets=1412,
            ports={"23": 1284, "2323": 128},
            rate=22.1,
            threshold=40,
        ),
        verdict(
            "bruteforce.telnet",
            "critical",
            270,
            331,
            "opened 14 telnet connections to 192.168.10.31, each closed by it within 5 s",
            advice="Take it off the network now.",
            connections=14,
            peer="192.168.10.31",
        ),
        verdict(
            "flood.syn",
            "critical",
            400,
            424,
            "sent 3,000 connection requests to 198.51.100.80 in 24 s and completed none",
            advice="Take it off the network now.",
            rate=125.0,
            target="198.51.100.80",
        ),
        verdict("beacon", "medium", 330, 720, "contacts 203.0.113.7 every 20 s", confidence=0.71, period=20.0),
    )
    recorder = device(
        31,
        None,
        "Zhejiang Dahua Technology Co., Ltd.",
        verdict(
            "bruteforce.telnet",
            "high",
            270,
            331,
            "192.168.10.21 opened 14 telnet connections in 61 s",
            role="victim",
            confidence=0.93,
            advice="Turn telnet off or set a strong password.",
            attacker="192.168.10.21",
        ),
    )
    quiet = [
        device(1, None, "TP-Link Systems Inc", gateway=True),
        device(40, "sensor-kitchen", "Espressif Inc."),
        device(41, "Living Room TV", "Samsung Electronics Co.,Ltd"),
        device(42, "laptop", None),
        device(43, None, "Dell Inc."),
    ]
    devices = [camera, recorder, *quiet]
    stats = ScanStats(
        packets=20_000,
        bytes=2_140_000,
        first_ts=START,
        last_ts=START + 724,
        sources=["house.pcap"],
        local_networks=["192.168.10.0/24", "fe80::/10"],
        duration=0.8,
    )
    report = Report(botwarden="0.1.0", stats=stats, devices=devices)
    return ScanResult(report=report, series=[series(i) for i in range(len(devices) - 1)] + [None])


def series(seed: int, bins: int = 242) -> Series:
    """Everyday traffic; for the first device with a scan from 190 s and a flood from 400 s on."""
    random = np.random.default_rng(seed)
    counts = random.poisson(6, (6, bins)).astype(float) * [[1], [1.4], [90], [400], [0.02], [0.01]]
    counts[4:] = np.floor(counts[4:] + random.random((2, bins)) * 1.02)
    if seed == 0:
        counts[0, 63:85] += 66
        counts[4, 63:85] += 66
        counts[5, 63:85] += 61
        counts[0, 133:141] += 375
        counts[5, 90:110] += 1
    return Series(START, 3.0, *counts)


def judged(**fields: object) -> JudgedInterval:
    """An interval of the camera's scan, found unless ``fields`` say otherwise."""
    common = {"mac": "44:19:b6:00:00:15", "label": "scan.mirai", "role": "attacker", "start": START, "end": START + 12}
    return JudgedInterval(**{**common, "outcome": "found", "verdict": "scan.mirai", **fields})  # type: ignore[arg-type]


def unconfirmed(place: int, what: Verdict, *, labelled: bool = False) -> JudgedVerdict:
    """A verdict of the device at a place of the report that is right for no interval."""
    return JudgedVerdict(
        mac="44:19:b6:00:00:15",
        device=place,
        label=what.label,
        role=what.role,
        confidence=what.confidence,
        first_ts=what.first_ts,
        last_ts=what.last_ts,
        labelled=labelled,
    )


def comparison(*intervals: JudgedInterval, verdicts: tuple[JudgedVerdict, ...] = (), **counts: int) -> Comparison:
    """With counts of 0 but those that are given."""
    numbers = {"found": 0, "missed": 0, "outside": 0, "unnamed": 0, "false": 0, "otherwise": 0, **counts}
    return Comparison(labels="labels.json", intervals=[*intervals], verdicts=[*verdicts], **numbers)


def compared() -> ScanResult:
    """The house with labels: three intervals found, one missed, one unnamed; a flood labelled otherwise."""
    result = house()
    scan, guess, flood, beacon = result.report.devices[0].verdicts
    common = {"name": "porch-camera", "device": 0}
    guessed = {"label": "bruteforce.generic", "start": START + 270, "end": START + 331, "verdict": guess.label}
    intervals = [
        judged(**common, start=START + 188, end=START + 254, verdict=scan.label, time_to_detect=2.0),
        judged(**common, **guessed),
        judged(device=1, role="victim", **guessed),
        judged(**common, label="flood.udp", start=START + 400, end=START + 424, outcome="missed", verdict=None),
        judged(mac="02:00:00:00:00:09", label="", attack="p2p", start=START, outcome="unnamed", verdict=None),
    ]
    wrong = unconfirmed(0, beacon), unconfirmed(0, flood, labelled=True)
    held = comparison(*intervals, verdicts=wrong, found=3, missed=1, unnamed=1, false=1, otherwise=1)
    return ScanResult(msgspec.structs.replace(result.report, comparison=held), result.series)


def quiet() -> ScanResult:
    """The same house before the infection."""
    result = house()
    devices = [msgspec.structs.replace(d, verdicts=[]) for d in result.report.devices]
    return ScanResult(msgspec.structs.replace(result.report, devices=devices), [*result.series[1:], None])


def empty() -> ScanResult:
    """A capture without a packet."""
    return ScanResult(Report(botwarden="0.1.0", stats=ScanStats(sources=["empty.pcap"]), devices=[]))


def hostile() -> ScanResult:
    """Every string of the report chosen by an attacker, and times that no clock shows."""
    devices = []
    for number, text in enumerate(HOSTILE):
        found = verdict(
            "scan.udp", "low", 0, 1, text, text, advice=text, **{text: text, "list": [text, {text: [text]}]}
        )
        found = msgspec.structs.replace(found, label=text or "scan.udp", first_ts=-1e18, last_ts=1e300)
        devices.append(msgspec.structs.replace(device(number, text, text, found), mac=text, ips=[text] * 300))
    stats = ScanStats(
        packets=2**60,
        bytes=2**80,
        first_ts=-1e18,
        last_ts=1e300,
        truncated=1,
        malformed=2,
        damaged=[Damage(path=t, offset=2**60, what=t) for t in HOSTILE] * 200,
        skipped=[Skipped(path=t, interface=1, link_type=t, packets=3) for t in HOSTILE] * 200,
        interrupted=True,
        sources=list(HOSTILE) * 100,
        local_networks=list(HOSTILE) * 100,
        evictions=dict.fromkeys(HOSTILE, 7),
    )
    values = np.array([np.nan, np.inf, -np.inf, 1e300, -1.0, 0.0])
    odd = Series(START, 1e-3, *[values] * 6)
    report = Report(botwarden="0.1.0", stats=stats, devices=devices)
    return ScanResult(report, [odd, Series(-1e18, 1e290, *[values] * 6), *[None] * (len(devices) - 2)])


def crowd(size: int = 10_000, flagged: int = 5_000) -> ScanResult:
    """More devices than a page can show, half of them with a verdict and all with traffic to draw."""
    found = verdict("scan.horizontal", "high", 10, 20, "tried 412 addresses on port 23 in 10 s", targets=412)
    devices = [device(n, f"device-{n}", "Espressif Inc.", *([found] if n < flagged else [])) for n in range(size)]
    report = Report(
        botwarden="0.1.0",
        stats=ScanStats(packets=10**7, bytes=10**9, first_ts=START, last_ts=START + 724, sources=["crowd.pcap"]),
        devices=devices,
    )
    drawn = series(1)
    return ScanResult(report, [drawn] * size)


_TIMES = st.floats() | st.floats(START, START + 1e5)
_COUNTS = st.integers(0, 2**63)
_TEXTS = st.text(max_size=30) | st.sampled_from(HOSTILE)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_VERDICTS = st.builds(
    Verdict,
    label=st.sampled_from(sorted(LABELS)) | _TEXTS,
    role=st.sampled_from(["attacker", "victim"]),
    confidence=st.floats(0, 1),
    severity=st.sampled_from(SEVERITIES),
    first_ts=_TIMES,
    last_ts=_TIMES,
    reasons=st.lists(_TEXTS, max_size=3),
    evidence=st.dictionaries(_TEXTS, _JSON, max_size=3),
    advice=_TEXTS,
)
_DEVICES = st.builds(
    DeviceReport,
    mac=st.none() | _TEXTS,
    ips=st.lists(_TEXTS, max_size=3),
    vendor=st.none() | _TEXTS,
    name=st.none() | _TEXTS,
    gateway=st.booleans(),
    first_ts=_TIMES,
    last_ts=_TIMES,
    packets_sent=_COUNTS,
    bytes_sent=_COUNTS,
    packets_received=_COUNTS,
    bytes_received=_COUNTS,
    verdicts=st.lists(_VERDICTS, max_size=3),
)
_STATS = st.builds(
    ScanStats,
    packets=_COUNTS,
    bytes=_COUNTS,
    first_ts=st.none() | _TIMES,
    last_ts=st.none() | _TIMES,
    sources=st.lists(_TEXTS, max_size=2),
    damaged=st.lists(st.builds(Damage, path=_TEXTS, offset=_COUNTS, what=_TEXTS), max_size=2),
    evictions=st.dictionaries(_TEXTS, _COUNTS, max_size=2),
    local_networks=st.lists(_TEXTS, max_size=2),
    interrupted=st.booleans(),
    duration=st.floats(),
)
_SERIES = st.builds(
    lambda start, width, values: Series(start, width, *[np.array(values)] * 6),
    _TIMES,
    st.floats(),
    st.lists(st.floats(), max_size=5),
)
_ROLES = st.sampled_from(["attacker", "victim"])
_LABELS = st.sampled_from(sorted(LABELS)) | _TEXTS


def _held(devices: list[DeviceReport]) -> st.SearchStrategy[Comparison | None]:
    """Comparisons of a report with these devices."""
    places = st.sampled_from(range(len(devices))) if devices else st.nothing()
    intervals = st.builds(
        JudgedInterval,
        mac=_TEXTS,
        name=st.none() | _TEXTS,
        device=st.none() | places,
        label=_LABELS,
        role=_ROLES,
        start=_TIMES,
        end=_TIMES,
        outcome=st.sampled_from(["found", "missed", "outside", "unnamed"]),
        verdict=st.none() | _LABELS,
        time_to_detect=st.none() | st.floats(),
    )
    verdicts = st.builds(
        JudgedVerdict,
        mac=st.none() | _TEXTS,
        device=places,
        label=_LABELS,
        role=_ROLES,
        confidence=st.floats(0, 1),
        first_ts=_TIMES,
        last_ts=_TIMES,
        labelled=st.booleans(),
    )
    return st.none() | st.builds(
        Comparison,
        labels=_TEXTS,
        **dict.fromkeys(("found", "missed", "outside", "unnamed", "false", "otherwise"), _COUNTS),
        intervals=st.lists(intervals, max_size=4),
        verdicts=st.lists(verdicts, max_size=3),
    )


ANY = st.lists(_DEVICES, max_size=3).flatmap(
    lambda devices: st.builds(
        lambda stats, held, drawn: ScanResult(
            Report(botwarden="0.1.0", stats=stats, devices=devices, comparison=held), drawn
        ),
        _STATS,
        _held(devices),
        st.lists(st.none() | _SERIES, max_size=3),
    )
)
"""Scan results of any content that the types allow."""
