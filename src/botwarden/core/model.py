"""`Model`: detectors and classifiers as data: a manifest, networks in ONNX and arrays. No code, no pickle.

A model has *parts*. A part is a detector or a classifier for all rows, for those of one device, or for those of one
protocol; the most particular part that fits a row judges it. Each part owns ``<name>.onnx`` among the networks and
arrays called ``<name>.<array>``.

A part's network takes ``x``: float32[n, d], the columns of the part after its scaler. A detector's gives ``score``:
float32[n], and ``errors``: float32[n, d], each feature's share in it where the algorithm has such a thing; a
classifier's gives ``probability``: float32[n, c], calibrated, in the order of its classes.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.text import printable

FORMAT: Final = 1
"""Version of the model file's format: it grows when an older reader would misread a file."""

ScalerKind = Literal["identity", "standard", "minmax", "quantile", "logistic", "signed_log"]
"""How columns are brought to one scale: `botwarden.detect.models.scaling` says each exactly, and what arrays it has."""


if TYPE_CHECKING:
    Setting = str | int | float | bool | list[int] | list[float] | None
else:  # msgspec decodes to one kind of list only
    Setting = str | int | float | bool | list[int | float] | None


class SchemaRef(msgspec.Struct, frozen=True, kw_only=True):
    """The feature schema that a model reads; rows of any other are refused."""

    name: str
    columns: list[str]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What detectors and classifiers have in common."""

    name: str
    """Unique within the model: letters, digits, ``-`` and ``_``; networks and arrays are found by it."""
    algorithm: str
    """Such as ``autoencoder``, ``isolation_forest``, ``random_forest``."""
    columns: list[str]
    """Its inputs, in order: columns of the schema."""
    scaler: ScalerKind
    device: str | None = None
    """The device whose rows it judges; null: any."""
    protocol: str | None = None
    """The protocol whose packets it judges, one of `botwarden.core.row.PROTOCOLS`; null: any."""
    settings: dict[str, Setting] = {}
    """The hyper-parameters that it was trained with, as needed to train it again."""


class DetectorPart(Part, frozen=True, kw_only=True):
    """Says how anomalous a row is.

    Its arrays, besides the scaler's: ``<name>.tail``: float32[m], quantiles of the scores of benign rows that it was
    not trained on, at the shares ``1 - tail_shares``, from which confidence comes; ``<name>.normal``:
    float32[5, d], the 1st, 25th, 50th, 75th and 99th percentile of each column in benign rows, for explanations.
    """

    threshold: float
    """A row whose score is above is anomalous."""
    rule: str
    """How the threshold was found, for people, such as ``mean + 3 std on the optimise set``."""
    window: int = 1
    """A device is anomalous when more than half of its last ``window`` rows are."""
    has_errors: bool = False
    """Whether the network gives ``errors``."""


class ClassifierPart(Part, frozen=True, kw_only=True):
    """Says what a row is."""

    classes: list[str]
    """Names of the classes, such as ``benign``, ``mirai.syn``; ``probability`` has one column each."""
    calibration: str = ""
    """How the probabilities were calibrated, for people."""


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a model was trained on."""

    name: str
    sha256: str
    rows: int
    label: str
    """What its rows were taken as: ``benign``, ``attack``, or ``labelled``."""


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model comes from: enough to train it again."""

    files: list[DataFile]
    split: str
    """How rows were divided, such as ``chronological thirds``."""
    seed: int
    created: str
    """Date and time, ISO 8601, UTC."""
    seconds: float
    versions: dict[str, str]
    """Of botwarden, Python and the packages that trained it."""
    dates: bool = False
    """Whether the columns that carry the date of the capture were used."""
    parent: str | None = None
    """Identity of the model that training continued from."""
    settings: dict[str, str | int | float | bool | list[str] | None] = {}
    """What was asked for on the command line."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a model but its numbers."""

    format: int = FORMAT
    name: str
    schema: SchemaRef
    detectors: list[DetectorPart] = []
    classifiers: list[ClassifierPart] = []
    training: Training
    metrics: dict[str, float] = {}
    """What was measured after training, on rows that it was not trained on."""
    card: str = ""
    """The model card, Markdown: what it is for, what it was trained on, how good it is, what it cannot do."""


@dataclass(frozen=True, slots=True)
class Model:
    """A manifest with its networks (ONNX, by part name) and arrays (by ``<part>.<array>``).

    identity : SHA-256 of the file that it came from, in hexadecimal; empty for one not yet written
    """

    manifest: Manifest
    networks: dict[str, bytes]
    arrays: dict[str, NDArray[np.float32] | NDArray[np.float64]]
    identity: str = field(default="", compare=False)

    @property
    def title(self) -> str:
        """Name and the beginning of its identity, for people."""
        return f"{printable(self.manifest.name, 40)} ({self.identity[:12] or 'not in a file'})"


TAIL_SHARES: Final = tuple(
    float(share) for share in np.concatenate([np.linspace(1.0, 0.1, 19), np.geomspace(0.08, 1e-5, 45)])
)
"""Shares of benign rows with a score at least as high, falling: where the entries of ``tail`` stand. Shares of less
than one row hold the highest score seen."""
