"""Rows as they were given: as benign, as attacks, or as saying themselves what they are."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from botwarden.app.output import check_outputs
from botwarden.app.rows import RowStream
from botwarden.core.errors import DataError
from botwarden.core.model import DataFile
from botwarden.core.row import ATTACK, BENIGN, Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import plural
from botwarden.features.schema import NBAIOT115


class GivenRows:
    """The rows of all that was named; iterate over it once.

    Of a folder or a labelled table that is given as benign, only its benign rows are taken, and the other way round.
    """

    def __init__(
        self,
        benign: Sequence[str | Path] = (),
        attack: Sequence[str | Path] = (),
        data: Sequence[str | Path] = (),
        schema: FeatureSchema = NBAIOT115,
        *,
        labels: Path | None = None,
    ) -> None:
        """Find out what the paths are.

        benign, attack : paths whose rows are taken as such
        data : paths whose rows say themselves what they are: the layout of N-BaIoT, columns, a labels file
        labels : the labels file of the captures in ``data``, or, without any ``data``, of all captures

        Raises ConfigError, DataError and OSError for what cannot be read at all.
        """
        given: list[tuple[Sequence[str | Path], Group | None, bool | None]] = [
            (benign, Group(), True),
            (attack, Group(attack=ATTACK), False),
            (data, None, None),
        ]
        self._labels = labels
        self._streams = [
            (RowStream(list(paths), schema, default, labels=labels if wanted is None or not data else None), wanted)
            for paths, default, wanted in given
            if paths
        ]  # and whether only benign rows are wanted, or only attacks
        self._left_out: list[str] = []

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows, 8,192 at a time at most. Raises as `RowStream`, and DataError as `_check_apart`."""
        for stream, wanted in self._streams:
            left = 0
            for rows in stream:
                chosen = rows if wanted is None else rows.take(rows.benign == wanted)
                left += len(rows) - len(chosen)
                yield chosen
            if left:
                kind, other = ("benign", "attack") if wanted else ("attack", "benign")
                self._left_out.append(f"{plural(left, f'{other} row')} among those given as {kind} were left out.")
        self._check_apart()

    @property
    def files(self) -> list[DataFile]:
        """What was read to its end, with SHA-256 and number of rows."""
        return [file for stream, _ in self._streams for file in stream.files]

    @property
    def notes(self) -> list[str]:
        """What a user should know about what was read, a line each."""
        return list(dict.fromkeys([*(note for stream, _ in self._streams for note in stream.notes), *self._left_out]))

    def progress(self) -> float | None:
        """Share of the inputs read so far, 0 to 1; None where it is not known."""
        shares = [stream.progress() for stream, _ in self._streams]
        known = [share for share in shares if share is not None]
        return sum(known) / len(shares) if known and len(known) == len(shares) else None

    def check_output(self, path: Path) -> None:
        """Make sure that ``path`` can be written and is nothing that is read. Raises ConfigError, OSError."""
        read = [one for stream, _ in self._streams for one in stream.paths]
        check_outputs([path], [*read, *([str(self._labels)] if self._labels else [])])

    def _check_apart(self) -> None:
        """Raise DataError where all rows of one file were taken as benign and as attacks."""
        taken: dict[str, str] = {}
        for file in self.files:
            if file.sha256 and {taken.setdefault(file.sha256, file.label), file.label} == {BENIGN, ATTACK}:
                raise DataError(f"{file.name}: the same rows were given as benign and as attacks")
