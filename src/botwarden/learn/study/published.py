"""What others published on N-BaIoT, as far as it is known for certain.

Meidan et al., "N-BaIoT: Network-based Detection of IoT Botnet Attacks Using Deep Autoencoders", IEEE Pervasive
Computing 17(3), 2018 (arXiv:1805.03409): detectors per device. Their table of rows, thresholds and windows was
compared with its transcription in ``config.json`` of github.com/sergts/botnet-traffic-analysis, which is also where
the numbers of a classifier with three classes and of feature selection come from (``classification/README.md``).
All of them were made with the columns that carry the date of the capture.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Claim:
    """Of one device: benign rows, threshold (mean + std of the error), rows of the majority window."""

    rows: int
    threshold: float
    window: int


PAPER: Final = "[1]"
REPRODUCTION: Final = "[2]"
SOURCES: Final = (
    "[1] Meidan et al., N-BaIoT, IEEE Pervasive Computing 17(3), 2018. [2] The README of "
    "github.com/sergts/botnet-traffic-analysis, which reproduces it."
)

CLAIMS: Final[dict[str, Claim]] = {
    "Danmini_Doorbell": Claim(49_548, 0.042, 82),
    "Ecobee_Thermostat": Claim(13_113, 0.011, 20),
    "Ennio_Doorbell": Claim(39_100, 0.011, 22),
    "Philips_B120N10_Baby_Monitor": Claim(175_240, 0.030, 65),
    "Provision_PT_737E_Security_Camera": Claim(62_154, 0.035, 32),
    "Provision_PT_838_Security_Camera": Claim(98_514, 0.038, 43),
    "Samsung_SNH_1011_N_Webcam": Claim(52_150, 0.074, 32),
    "SimpleHome_XCS7_1002_WHT_Security_Camera": Claim(46_585, 0.056, 23),
    "SimpleHome_XCS7_1003_WHT_Security_Camera": Claim(19_528, 0.004, 25),
}
"""The paper's detectors. Its thresholds belong to inputs that were scaled in a way it does not tell."""

TPR: Final = 1.0
"""Every attack was detected, by majority window."""
FPR: Final = (0.007, 0.01)
"""Mean over the devices, by majority window, and standard deviation."""
SECONDS: Final = (0.174, 0.212)
"""Mean time to detect an attack, s, and standard deviation."""

ACCURACY: Final[dict[int | None, float]] = {None: 0.99982, 5: 0.99919, 3: 0.99947, 2: 0.84302}
"""Of a network of two hidden layers with 3 classes, by the number of features (by Fisher's score); None: all 115."""
