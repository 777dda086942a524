"""The addresses of packets as text, every distinct one made once."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import ip_text, mac_text
from botwarden.core.packet import HAS_IP


class EndTexts(NamedTuple):
    """Every packet's sender, source and destination.

    The sender is a MAC address, empty where the link layer has none. Source and destination are IP addresses; the MAC
    addresses stand in for them where the frame has none.

    text : uint8[…], the distinct addresses one after the other, ASCII
    starts : int32[m + 1], where each of them begins in it, and the end
    ids : int64[n, 3], which of them are each packet's
    """

    text: NDArray[np.uint8]
    starts: NDArray[np.int32]
    ids: NDArray[np.int64]


def end_texts(packets: NDArray[Any]) -> EndTexts:
    """The addresses of a batch's packets."""
    has_ip = packets["flags"] & HAS_IP != 0
    no = np.zeros(len(packets), bool)
    columns = [_words(packets, "src", no), _words(packets, "src", has_ip), _words(packets, "dst", has_ip)]
    is_ip, hi, lo = (np.concatenate(words) for words in zip(*columns, strict=True))
    order = np.lexsort((lo, hi, is_ip))
    is_ip, hi, lo = is_ip[order], hi[order], lo[order]
    new = np.ones(len(order), bool)
    new[1:] = (is_ip[1:] != is_ip[:-1]) | (hi[1:] != hi[:-1]) | (lo[1:] != lo[:-1])
    ids = np.empty(len(order), np.int64)
    ids[order] = np.cumsum(new) - 1
    distinct = zip(is_ip[new].tolist(), hi[new].tolist(), lo[new].tolist(), strict=True)
    texts = [ip_text(high, low) if ip else (mac_text(low) if low else "") for ip, high, low in distinct]
    text = np.frombuffer(bytearray("".join(texts), "ascii"), np.uint8)
    return EndTexts(text, np.cumsum([0, *map(len, texts)], dtype=np.int32), np.ascontiguousarray(ids.reshape(3, -1).T))


def _words(packets: NDArray[Any], side: str, has_ip: NDArray[np.bool_]) -> tuple[NDArray[Any], ...]:
    """Per packet: whether the address of that side is an IP address, and the two words of it."""
    hi = np.where(has_ip, packets[f"{side}_ip_hi"], np.int64(0))
    return has_ip, hi, np.where(has_ip, packets[f"{side}_ip_lo"], packets[f"{side}_mac"])
