"""`Pipeline`: packets to findings and records, what ``scan``, ``logs`` and ``devices`` share."""

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from botwarden.core.address import IPNetwork
from botwarden.core.packet import PacketBatch
from botwarden.core.ports import Source
from botwarden.core.record import Record
from botwarden.core.text import printable
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Detector, Findings
from botwarden.detect.inventory.inventory import Inventory
from botwarden.detect.panel import Panel
from botwarden.protocols.conn.choose import Chooser
from botwarden.protocols.locality import PRIVATE_ADDRESS_SPACE, locality
from botwarden.protocols.naming import DeviceNames
from botwarden.protocols.packets import Unwrapper
from botwarden.protocols.settings import Settings
from botwarden.protocols.tracker import Tracker

if TYPE_CHECKING:
    from botwarden.detect.models.scorer import Scorer
    from botwarden.detect.models.watch import ModelWatch

BUDGET: Final = 1024
"""Packets a second that are read of connections between two devices of which nobody knows yet what they speak. A home
has some dozen; whoever floods cannot make us fall behind, nor keep others from being read."""

Sink = Callable[[Record], None]
Progress = Callable[[float | None, int], None]
"""Told the share read (None: unknown) and the packets so far."""


class Pipeline:
    """Feeds packets to the detector and to the connections, and their records to watchers and sinks.

    sinks : take each record
    thorough : write a record for every connection and read every packet, however long it takes; else what a flood
        repeats is passed over and counted. Watchers get the connections that they get otherwise
    scorer : a model that judges the packets as well
    """

    def __init__(
        self,
        lan: Sequence[IPNetwork],
        seed: int,
        sinks: Iterable[Sink] = (),
        *,
        thorough: bool = False,
        settings: Settings | None = None,
        scorer: "Scorer | None" = None,
    ) -> None:
        """Know nothing yet. ``lan`` : the local networks; none: guessed from the packets."""
        self.names = DeviceNames()
        self.panel: Panel | None = None
        self.inventory: Inventory | None = None
        self._lan = tuple(lan)
        self._seed = seed
        self._sinks = tuple(sinks)
        self._thorough = thorough
        self._detector = Detector(lan, seed)
        self._settings = settings or Settings()
        self._unwrapper = Unwrapper(seed, self._settings.checksums)
        self._tracker: Tracker | None = None
        self._last_ts = 0.0
        self._scorer = scorer
        self._watch: ModelWatch | None = None
        self._watch_failed: list[str] = []

    def read(self, source: Source, progress: Progress | None) -> None:
        """Take everything that a source delivers.

        Ctrl-C ends the reading, and ``source.stats.interrupted`` says so; before the first packet it is raised.
        """
        try:
            for batch in source.batches():
                self.update(batch)
                if progress:
                    progress(source.progress(), source.stats.packets)
        except KeyboardInterrupt:
            if not source.stats.packets:
                raise
            source.stats.interrupted = True

    def update(self, batch: PacketBatch) -> None:
        """Take the next packets."""
        if not len(batch):
            return
        self._detector.update(batch)
        self.names.update(batch)
        self._last_ts = max(self._last_ts, float(batch.ts.max()))
        if self._tracker is None:
            self._tracker = self._start()
        if self.inventory is not None:
            self.inventory.observe(batch)
        if self._watch is not None:
            self._let_judge(self._watch, batch)
        self._tracker.update(*self._unwrapper.update(batch))

    def finish(self) -> tuple[Findings, list[Claim]]:
        """What was found, once no more packets follow: by the packets, and by the watchers of what was said."""
        if self._tracker is not None:
            self._tracker.end()
        findings = self._detector.findings(final=True)
        claims = self.panel.claims(findings, self._last_ts) if self.panel is not None else []
        return findings, [*claims, *self._judged(findings)]

    def so_far(self) -> tuple[Findings, list[Claim]]:
        """The same while packets still follow. Conversations that go on count once they end."""
        findings = self._detector.findings()
        panel = copy.deepcopy(self.panel)  # asking ends the wait for what began earlier: the original waits on
        claims = panel.claims(findings, self._last_ts) if panel is not None else []
        return findings, [*claims, *self._judged(findings)]

    @property
    def evictions(self) -> dict[str, int]:
        """What the connections gave up to stay within bounds."""
        given_up = self._tracker.evictions if self._tracker is not None else {}
        return given_up | (self._watch.evictions if self._watch is not None else {})

    @property
    def failed(self) -> list[str]:
        """Detectors that raised and were left out, a sentence each."""
        return [*(failures_of(self.panel) if self.panel is not None else []), *self._watch_failed]

    @property
    def faults(self) -> int:
        """Connections whose analyzer raised."""
        return self._tracker.faults if self._tracker is not None else 0

    def _let_judge(self, watch: "ModelWatch", batch: PacketBatch) -> None:
        try:
            watch.update(batch)
        except Exception as error:  # bulkhead: per detector
            self._drop_watch(error)

    def _judged(self, findings: Findings) -> list[Claim]:
        """What the model claims."""
        if self._watch is None:
            return []
        try:
            return self._watch.claims(findings)
        except Exception as error:  # bulkhead: per detector
            self._drop_watch(error)
            return []

    def _drop_watch(self, error: Exception) -> None:
        self._watch = None
        self._watch_failed = [f"what the model would find: it failed ({printable(error, 200)})"]

    def _start(self) -> Tracker:
        networks = self._detector.networks
        self.panel = Panel(locality(networks))
        self.inventory = Inventory(locality(networks))
        if self._scorer is not None:
            from botwarden.detect.models.watch import ModelWatch  # noqa: PLC0415 - a scan without a model needs none

            self._watch = ModelWatch(self._scorer, networks, self.names.name, self._seed)
        watch, remember, sinks = self.panel.update, self.inventory.update, self._sinks

        def write(record: Record) -> None:
            watch(record)
            remember(record)
            for take in sinks:
                take(record)

        def log(record: Record) -> None:
            for take in sinks:
                take(record)

        shown = self._lan or PRIVATE_ADDRESS_SPACE if self._thorough else networks
        return Tracker(
            write,
            locality(shown),
            seed=self._seed,
            budget=self._settings.budget or (0 if self._thorough else BUDGET),
            wants=Chooser(),
            rest=log if self._thorough else None,
            settings=self._settings,
        )


def failures_of(panel: Panel) -> list[str]:
    """Watchers that raised and were left out, a sentence each."""
    return [
        f"{name}: it failed ({printable(error, 100)}), which is a bug in botwarden"
        for name, error in panel.failed.items()
    ]
