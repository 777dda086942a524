import csv

import numpy as np
import pytest

from botwarden.core.row import PROTOCOLS, Group
from botwarden.stores.ends import EndTexts
from botwarden.stores.kinds import COLUMNS, LONGEST, RowKinds, joined, kind_texts

KINDS = RowKinds(
    (Group('Anna\'s, "best" cam', "mirai", "udp"), Group("")),
    np.array([1, 0, 1], np.int32),
    np.array([5, 4, 0], np.int8),
)


def texts_of(texts: EndTexts) -> list[list[str]]:
    data = texts.text.tobytes()
    return [[data[texts.starts[i] : texts.starts[i + 1]].decode() for i in row] for row in texts.ids.tolist()]


def test_every_row_has_its_texts() -> None:
    assert texts_of(kind_texts(KINDS, quoted=False)) == [
        ["", "", "benign", "udp"],
        ['Anna\'s, "best" cam', "mirai", "udp", "tcp"],
        ["", "", "benign", ""],
    ]


def test_csv_has_them_in_quotes_where_needed() -> None:
    row = texts_of(kind_texts(KINDS, quoted=True))[1]
    assert next(csv.reader([",".join(row)])) == ['Anna\'s, "best" cam', "mirai", "udp", "tcp"]


@pytest.mark.parametrize("name", ['"' * 1000, "\U0001f4f7," * 1000, "a\nb\x1b"])
def test_names_from_strangers_are_cut_and_made_safe(name: str) -> None:
    kinds = RowKinds((Group(name),), np.zeros(1, np.int32), np.zeros(1, np.int8))
    text = texts_of(kind_texts(kinds, quoted=True))[0][0]
    assert len(text.encode()) <= LONGEST
    assert text.isprintable()


def test_columns_are_put_side_by_side() -> None:
    other = EndTexts(np.frombuffer(b"xyz", np.uint8), np.array([0, 1, 3], np.int32), np.array([[0], [1], [0]]))
    both = texts_of(joined(other, kind_texts(KINDS, quoted=False)))
    assert [row[0] for row in both] == ["x", "yz", "x"]
    assert [row[1:] for row in both] == texts_of(kind_texts(KINDS, quoted=False))
    assert all(len(row) == 1 + len(COLUMNS) for row in both)


def test_protocols_have_their_names() -> None:
    n = len(PROTOCOLS)
    kinds = RowKinds((Group(),), np.zeros(n, np.int32), np.arange(n, dtype=np.int8))
    assert [row[3] for row in texts_of(kind_texts(kinds, quoted=False))] == list(PROTOCOLS)
