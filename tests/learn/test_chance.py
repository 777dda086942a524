import numpy as np
import torch

from botwarden.learn.chance import normal, shuffles, uniform, words


def test_words_follow_the_published_generator() -> None:
    # SplitMix64 started at 1234567: the first value of its reference implementation
    first = int(words(torch.tensor([1234567]))[0]) % 2**64
    assert first == 6457827717110365317


def test_uniform_is_uniform_and_depends_on_every_place() -> None:
    values = uniform(torch.tensor([5]), 1, torch.arange(100_000)).numpy()
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(values.mean() - 0.5) < 0.005
    assert abs(values.var() - 1 / 12) < 0.002
    other = uniform(torch.tensor([5]), 2, torch.arange(100_000)).numpy()
    assert abs(np.corrcoef(values, other)[0, 1]) < 0.02


def test_shuffles_order_each_networks_rows_and_leave_padding_last() -> None:
    counts = torch.tensor([3, 7, 5])
    order = shuffles(torch.tensor([1, 2, 3]), counts, epoch=4, longest=7)
    for row, count in zip(order.tolist(), counts.tolist(), strict=True):
        assert sorted(row[:count]) == list(range(count))
        assert row[count:] == list(range(count, 7))


def test_a_shuffle_does_not_depend_on_its_neighbours() -> None:
    alone = shuffles(torch.tensor([9]), torch.tensor([6]), 1, 6)[0]
    among = shuffles(torch.tensor([8, 9]), torch.tensor([11, 6]), 1, 11)[1]
    assert alone.tolist() == among[:6].tolist()
    assert shuffles(torch.tensor([9]), torch.tensor([6]), 2, 6)[0].tolist() != alone.tolist()


def test_normal_numbers_are_normal() -> None:
    values = normal(torch.tensor([[3]]), 1, torch.arange(4_000)[:, None], 30).numpy()
    assert values.shape == (4_000, 30)
    assert abs(values.mean()) < 0.01
    assert abs(values.std() - 1) < 0.01
    assert abs((values**4).mean() - 3) < 0.1
    assert abs(np.corrcoef(values[:, 0], values[:, 1])[0, 1]) < 0.06
