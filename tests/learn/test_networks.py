import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError
from botwarden.learn.networks import PUBLISHED, Stack, layer_sizes, pick_device

CPU = torch.device("cpu")


def test_published_layers_of_115_features() -> None:
    assert layer_sizes(115, PUBLISHED) == (115, 86, 58, 38, 29, 38, 58, 86, 115)
    assert layer_sizes(1, (0.1,)) == (1, 1, 1)
    with pytest.raises(ConfigError, match="shares"):
        layer_sizes(10, (0.5, -1))
    with pytest.raises(ConfigError, match="shares"):
        layer_sizes(10, (float("nan"),))


def test_a_device_that_is_not_there_is_refused() -> None:
    assert pick_device("cpu") == CPU
    for name in ("abacus", "cuda:99"):
        with pytest.raises(ConfigError, match="cannot train"):
            pick_device(name)


def test_the_gradient_is_that_of_the_error() -> None:
    stack = Stack([(4, 3, 2, 3, 4), (3, 2, 1, 2, 3)], CPU)
    stack.draw(torch.tensor([1, 2]))
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 5, 4, generator=generator)
    x[1, :, 3] = 0  # the second network has three inputs
    weight = torch.rand(2, 5, 1, generator=generator)
    stack.gradient(x, x, weight)
    written = stack.grad.clone()

    flat = stack.flat.clone().requires_grad_(True)
    h, views = x, stack.views(flat)
    for layer in range(0, len(views), 2):
        h = torch.baddbmm(views[layer + 1], h, views[layer])
        h = torch.tanh(h) if layer < len(views) - 2 else h
    ((h - x).square() * weight).sum().backward()
    assert flat.grad is not None
    torch.testing.assert_close(written, flat.grad)


def test_padding_stays_zero_and_changes_nothing() -> None:
    big, small = (6, 4, 6), (3, 2, 3)
    both = Stack([big, small], CPU)
    both.draw(torch.tensor([1, 7]))
    alone = Stack([small], CPU)
    alone.draw(torch.tensor([7]))
    x = torch.randn(1, 8, 3, generator=torch.Generator().manual_seed(0))
    padded = torch.zeros(2, 8, 6)
    padded[1, :, :3] = x[0]
    torch.testing.assert_close(both.forward(padded)[-1][1, :, :3], alone.forward(x)[-1][0])
    both.gradient(padded, padded, torch.ones(2, 8, 1))
    for weights, size in zip(both.views(both.grad)[::2], ((3, 2), (2, 3)), strict=True):
        outside = weights[1].clone()
        outside[: size[0], : size[1]] = 0
        assert not outside.any()


def test_weights_go_in_and_come_out() -> None:
    stack = Stack([(3, 2, 3), (4, 3, 4)], CPU)
    stack.draw(torch.tensor([1, 2]))
    other = Stack(stack.sizes, CPU)
    other.put(stack.take())
    assert torch.equal(other.flat, stack.flat)
    part = stack.part(torch.tensor([1]))
    np.testing.assert_array_equal(part.take()[0][1][0], stack.take()[1][1][0])
    with pytest.raises(ValueError, match="expected"):
        Stack([(5, 2, 5)], CPU).put(stack.take()[:1])


def test_errors_are_the_same_in_pieces() -> None:
    stack = Stack([(3, 2, 3)], CPU)
    stack.draw(torch.tensor([1]))
    x = torch.randn(1, 50, 3, generator=torch.Generator().manual_seed(0))
    weight = torch.full((1, 50, 1), 1 / 150)
    whole = stack.errors(x, x, weight, 50)
    torch.testing.assert_close(stack.errors(x, x, weight, 7), whole)
    torch.testing.assert_close(whole[0], (stack.forward(x)[-1] - x).square().mean())
