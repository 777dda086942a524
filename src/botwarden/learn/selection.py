"""Which features tell classes apart: Fisher's score.

Of feature j, with classes k of n_k rows, their means μ_kj and variances σ²_kj, and the mean μ_j of all rows:

    F_j = Σ_k n_k (μ_kj − μ_j)²  /  Σ_k n_k σ²_kj

the variance between classes over the variance within them (Duda, Hart, Stork, "Pattern Classification", 2001; the
form is that of Gu, Li, Han, "Generalized Fisher score for feature selection", UAI 2011). Bahşi, Nõmm and La
Torre chose features of N-BaIoT by it ("Dimensionality reduction for machine learning based IoT botnet detection",
ICARCV 2018). It looks at one feature at a time: of two that say the same, both score high.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import Rows
from botwarden.core.text import plural
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn.classes import Classes, Classing, classes_of

_BLOCK: Final = 1 << 15  # rows made float64 at a time

TITLES: Final[dict[Classing, str]] = {
    "2": "2 classes: benign, attack",
    "3": "3 classes: benign, Gafgyt, Mirai",
    "5": "5 attacks of Mirai",
    "10": "10 attacks of Gafgyt and Mirai",
    "11": "11 classes: benign and 10 attacks",
    "all": "all classes that occur",
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Features by how well they tell classes apart, the best first.

    title : what is told apart
    classes : the names of the classes, with their numbers of rows in ``counts``
    columns : names of the features
    scores : float64[d], Fisher's score of each, falling; infinite where each class has one value throughout
    excluded : columns that were left out because they carry the date of the capture
    """

    title: str
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    columns: tuple[str, ...]
    scores: NDArray[np.float64]
    excluded: tuple[str, ...] = ()

    def top(self, k: int) -> list[str]:
        """The ``k`` best features. Raises ConfigError where there are fewer."""
        if not 1 <= k <= len(self.columns):
            raise ConfigError(f"the number of features must be 1 to {len(self.columns)}, not {k}")
        return list(self.columns[:k])


def fisher_scores(values: NDArray[np.floating], codes: NDArray[np.intp], n_classes: int) -> NDArray[np.float64]:
    """float64[d]: Fisher's score of each column of ``values``: float[n, d]; 0 for one that never changes.

    codes : intp[n], the class of each row, 0 … n_classes - 1; rows below 0 count for nothing

    Raises DataError for fewer than two classes with rows.
    """
    counts = np.bincount(codes[codes >= 0], minlength=n_classes).astype(np.float64)
    if np.count_nonzero(counts) < 2:
        raise DataError("Fisher's score needs rows of two classes at least")
    width = values.shape[1]
    origin = values[np.flatnonzero(codes >= 0)[0]].astype(np.float64)  # sums near zero keep their digits
    sums = np.zeros((n_classes, width))
    for code, block in _blocks(values, codes, n_classes):
        sums[code] += (block - origin).sum(axis=0)
    means = sums / np.maximum(counts, 1)[:, None]
    within = np.zeros(width)
    for code, block in _blocks(values, codes, n_classes):
        within += np.square(block - origin - means[code]).sum(axis=0)
    mean = sums.sum(axis=0) / counts.sum()
    between = (counts[:, None] * np.square(means - mean)).sum(axis=0)
    # what rounding leaves of a column that never changes is no difference
    noise = np.square(np.abs(origin) + np.abs(means).max(axis=0)) * counts.sum() * np.finfo(np.float64).eps ** 2
    between[between <= noise] = 0.0
    within[within <= noise] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(between > 0, between / within, 0.0)


def rank(rows: Rows, classes: Classes, title: str, *, dates: bool = False) -> Ranking:
    """Rank the features of rows by how well they tell ``classes`` apart.

    dates : whether columns that carry the date of the capture take part; those left out are in ``excluded``
    """
    schema = rows.schema.columns
    excluded = tuple(name for name in schema if name in DATE_COLUMNS and not dates)
    scores = fisher_scores(rows.values, classes.codes, len(classes.names))
    used = [place for place, name in enumerate(schema) if name not in excluded]
    order = sorted(used, key=lambda place: (-scores[place], place))
    counts = np.bincount(classes.codes[classes.rows], minlength=len(classes.names)).tolist()
    columns = tuple(schema[place] for place in order)
    return Ranking(title, classes.names, tuple(counts), columns, scores[order], excluded)


def fisher_tables(
    rows: Rows, classings: Sequence[Classing] = ("2", "3", "5"), *, dates: bool = False
) -> tuple[list[Ranking], list[str]]:
    """The rankings for several sets of classes, and for each that cannot be made a line that says why."""
    tables = []
    missing = []
    for classing in classings:
        try:
            tables.append(rank(rows, classes_of(rows, classing), TITLES[classing], dates=dates))
        except DataError as error:
            missing.append(f"{TITLES[classing]}: {error}")
    return tables, missing


def excluded_text(ranking: Ranking) -> str:
    """A sentence on what was left out, empty where nothing was."""
    if not ranking.excluded:
        return ""
    return f"{plural(len(ranking.excluded), 'column')} that carry the date of the capture left out."


def _blocks(
    values: NDArray[np.floating], codes: NDArray[np.intp], n_classes: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """(class, some of its rows as float64), until all rows came."""
    for start in range(0, len(values), _BLOCK):
        found = codes[start : start + _BLOCK]
        block = values[start : start + _BLOCK].astype(np.float64)
        for code in range(n_classes):
            chosen = found == code
            if chosen.any():
                yield code, block[chosen]
