"""Documents to render in tests."""

import struct
import zlib

from botwarden.core.document import Card, Column, Document, Figure, Section, Table


def png(width: int = 4, height: int = 3, grey: int = 200) -> bytes:
    """A picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def study() -> Document:
    """A small one with everything in it."""
    table = Table(
        title="Per attack",
        columns=[Column("Attack"), Column("Recall", number=True)],
        rows=[["mirai.scan", "0.999"], ["gafgyt.udp", "0.5"]],
        text="Rows of `benign_test` were not seen in training.",
        strong=[0],
    )
    picture = Figure(name="roc", title="ROC", text="Higher is better.", png=png(), dark=png(grey=20))
    return Document(
        title="Evaluation of camera.model",
        headline="It finds 99.9 % of the attacks",
        summary=["At 0.1 % false positives"],
        warnings=["It was trained with dates."],
        cards=[Card("Recall", "0.999", "32,491 rows")],
        sections=[
            Section(title="Attacks", text=["What was found."], warnings=["Few rows."], tables=[table]),
            Section(title="Curves", figures=[picture]),
            Section(title="Nothing"),
        ],
        sources=["a.csv", "b.csv"],
        made="Made in 3 s.",
    )


HOSTILE = "<script>alert(1)</script>|[x](javascript:1)\x1b[31m\u202e`"


def hostile() -> Document:
    """Every text from a stranger."""
    table = Table(title=HOSTILE, columns=[Column(HOSTILE)], rows=[[HOSTILE]], text=HOSTILE, folded=True)
    section = Section(
        title=HOSTILE,
        text=[HOSTILE],
        warnings=[HOSTILE],
        tables=[table],
        figures=[Figure(name="x", title=HOSTILE, text=HOSTILE, png=b"no picture")],
    )
    return Document(
        title=HOSTILE, headline=HOSTILE, summary=[HOSTILE], warnings=[HOSTILE], cards=[Card(HOSTILE, HOSTILE, HOSTILE)],
        sections=[section], sources=[HOSTILE], made=HOSTILE,
    )  # fmt: skip
