"""What of a long training is done already: several estimators after one another share one checkpoint."""

from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.model import Setting
from botwarden.learn.estimator import AnomalyDetector, Checkpoint, Classifier

State = dict[str, NDArray[np.generic]]

_DONE: Final = "done."


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """What remains of an estimator once it is fitted."""

    algorithm: str
    has_errors: bool
    settings: dict[str, Setting]
    network: bytes
    """ONNX."""
    history: list[float] = []
    """Loss on the optimise rows, epoch by epoch, where the algorithm has such a thing."""

    @classmethod
    def of(cls, estimator: AnomalyDetector | Classifier) -> "Fitted":
        """Of a fitted detector or classifier."""
        return cls(
            algorithm=estimator.algorithm,
            has_errors=bool(getattr(estimator, "has_errors", False)),
            settings=dict(estimator.settings),
            network=estimator.to_onnx(),
            history=[float(value) for value in getattr(estimator, "history_", [])],
        )

    def to_onnx(self) -> bytes:
        """The network, as of the estimator."""
        return self.network


class Journal:
    """Keeps the stages of a training that are finished, and the state of the one in work.

    A stage has a name of its own. Where the checkpoint holds it already, it is not trained again.
    """

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        """Take over what the checkpoint holds."""
        self._checkpoint = checkpoint
        held = {} if checkpoint is None else checkpoint.load() or {}
        self._done: State = {key: value for key, value in held.items() if key.startswith(_DONE)}
        self._open: State = {key: value for key, value in held.items() if not key.startswith(_DONE)}

    def finished(self, name: str) -> Fitted | None:
        """What came of a stage; None where it is still to do. Raises ConfigError for what is no such thing."""
        held = self._done.get(_DONE + name)
        if held is None:
            return None
        try:
            return msgspec.msgpack.decode(held.tobytes(), type=Fitted)
        except msgspec.MsgspecError as error:
            raise ConfigError("the saved state is damaged: remove it to begin anew") from error

    def finish(self, stage: str, found: Mapping[str, Fitted]) -> None:
        """Keep what came of the stage in work; it may have trained several."""
        if self._checkpoint is None:
            return
        for name, fitted in found.items():
            self._done[_DONE + name] = np.frombuffer(msgspec.msgpack.encode(fitted), np.uint8)
        self._open = {}
        self._checkpoint.save(self._done)

    def stage(self, name: str) -> Checkpoint | None:
        """A checkpoint for one estimator."""
        return None if self._checkpoint is None else _Stage(self, name + ".")

    def load(self, prefix: str) -> State | None:
        """The state of a stage in work."""
        held = {key.removeprefix(prefix): value for key, value in self._open.items() if key.startswith(prefix)}
        return held or None

    def save(self, prefix: str, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Keep the state of a stage in work, beside the finished ones."""
        assert self._checkpoint is not None
        self._open = {prefix + key: value for key, value in state.items()}
        self._checkpoint.save({**self._done, **self._open})


class _Stage:
    """See `botwarden.learn.estimator.Checkpoint`."""

    def __init__(self, journal: Journal, prefix: str) -> None:
        self._journal = journal
        self._prefix = prefix

    def load(self) -> State | None:
        return self._journal.load(self._prefix)

    def save(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        self._journal.save(self._prefix, state)
