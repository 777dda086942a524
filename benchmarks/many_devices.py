"""A detector for each of many devices: trained together, and one after another, in one run: see docs/benchmarks.md.

python benchmarks/many_devices.py                    # 1,000 devices on the CPU, a few minutes
python benchmarks/many_devices.py --device cuda      # on a GPU

Each device has 100 to 600 rows of data/nbaiot/benign.csv.gz. One after another, some of the devices are trained and the
others take as long: by a plain PyTorch loop, and by `Autoencoder.fit`, which shares its arithmetic with `fit_many`. All
make the same number of epochs with the same batches, and the errors they reach are compared. On a CPU all get one
thread, whose own time is counted, so that other programs do not matter.
"""

import argparse
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from torch import nn
from training import ROOT, Floats, rows

from botwarden.learn.autoencoder import Autoencoder
from botwarden.learn.batched import fit_many
from botwarden.learn.loop import steps
from botwarden.learn.networks import SHORT, layer_sizes, pick_device

EPOCHS, BATCH, RATE = 20, 32, 1e-3


def clock_of(device: torch.device) -> Callable[[], float]:
    """Seconds that this process has worked; on a GPU seconds that have passed, for the process waits for it."""
    return time.process_time if device.type == "cpu" else time.perf_counter


def plain(x: Floats, device: torch.device) -> float:
    """One device by a plain loop: its error on its own rows."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for a, b in pairwise(layer_sizes(x.shape[1], SHORT)):
        layers += [nn.Linear(a, b), nn.Tanh()]
    network = nn.Sequential(*layers[:-1]).to(device)
    adam = torch.optim.Adam(network.parameters(), lr=RATE)
    table = torch.from_numpy(x).to(device)
    for _ in range(EPOCHS):
        for index in torch.randperm(len(table), device=device).tensor_split(steps(len(x), BATCH)):
            batch = table[index]
            adam.zero_grad()
            nn.functional.mse_loss(network(batch), batch).backward()
            adam.step()
        with torch.no_grad():
            error = float(nn.functional.mse_loss(network(table), table))
    return error


def main() -> None:
    parser = argparse.ArgumentParser(description="A detector for each of many devices, together and one by one.")
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--alone", type=int, default=20, help="devices trained one after another")
    parser.add_argument("--device", help="cpu or cuda")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "many_devices.json")
    options = parser.parse_args()
    torch.set_num_threads(1)
    device = pick_device(options.device)
    table, _ = rows(200_000)
    chance = np.random.default_rng(0)
    counts = chance.integers(100, 600, options.devices)
    x = [
        table[at : at + n] for at, n in zip(chance.integers(0, len(table) - 600, options.devices), counts, strict=True)
    ]
    template = Autoencoder(SHORT, epochs=EPOCHS, batch=BATCH, rate=RATE, patience=0, device=options.device)
    some = range(0, options.devices, max(1, options.devices // options.alone))
    share = sum(steps(len(x[i]), BATCH) for i in some) / sum(steps(len(rows_), BATCH) for rows_ in x)

    clock = clock_of(device)
    plain(x[0], device)  # warms up
    fit_many(template, x[:2], x[:2])
    start = clock()
    plain_errors = [plain(x[i], device) for i in some]
    by_plain = (clock() - start) / share
    start = clock()
    alone = [Autoencoder(**vars_of(template)).fit(x[i], x[i]) for i in some]
    one_by_one = (clock() - start) / share
    start = clock()
    together = fit_many(template, x, x)
    at_once = clock() - start

    apart = max(abs(together[i].loss_ / other.loss_ - 1) for i, other in zip(some, alone, strict=True))
    found = {
        "devices": options.devices,
        "processor": str(device),
        "plain_loop_seconds": by_plain,
        "one_by_one_seconds": one_by_one,
        "together_seconds": at_once,
        "ratio_to_plain_loop": by_plain / at_once,
        "ratio_to_one_by_one": one_by_one / at_once,
        "largest_difference_in_error": apart,
        "mean_error": float(np.mean([together[i].loss_ for i in some])),
        "mean_error_of_plain_loop": float(np.mean(plain_errors)),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=2) + "\n")
    console = Console()
    console.print(f"{options.devices:,} devices on {device}, {EPOCHS} epochs, batches of {BATCH}")
    console.print(f"a plain loop (from {len(some)} devices): {by_plain:,.1f} s")
    console.print(f"Autoencoder.fit, one by one (from {len(some)} devices): {one_by_one:,.1f} s")
    console.print(f"fit_many: {at_once:,.1f} s, {by_plain / at_once:.1f} and {one_by_one / at_once:.1f} times as fast")
    console.print(f"errors differ from those of training alone by {apart:.2%} at most")


def vars_of(template: Autoencoder) -> dict[str, object]:
    names = ("layers", "epochs", "batch", "rate", "patience", "seed", "device")
    return {name: getattr(template, name) for name in names}


if __name__ == "__main__":
    main()
