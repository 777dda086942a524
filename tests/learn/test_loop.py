import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError
from botwarden.learn.loop import Plan, Table, Training, rate_at, steps
from botwarden.learn.networks import Stack
from learnable import Kept, interrupted, rows

torch.set_num_threads(1)
CPU = torch.device("cpu")


def training(plan: Plan, counts: tuple[int, ...] = (90,), seeds: tuple[int, ...] = (3,), n_steps: int = 4) -> Training:
    longest = max(counts)
    x = torch.zeros(len(counts), longest, 6)
    for i, count in enumerate(counts):
        x[i, :count] = torch.from_numpy(rows(count, 6, seeds[i]))
    table = Table(x, torch.tensor(counts))
    held = Table(torch.from_numpy(rows(40, 6, 99)).repeat(len(counts), 1, 1), torch.full((len(counts),), 40))
    stack = Stack([(6, 4, 3, 4, 6)] * len(counts), CPU)
    stack.draw(torch.tensor(seeds))
    return Training(stack, table, held, torch.tensor(seeds), n_steps, plan)


def test_batches_are_neither_too_large_nor_much_smaller() -> None:
    for n in (1, 2, 99, 100, 101, 5_000, 185_000):
        count = steps(n, 100)
        assert n / count <= 100
        assert count == 1 or n / count > 50
        assert count & (count - 1) == 0


def test_a_cycle_goes_up_and_down_and_ends_at_nothing() -> None:
    plan = Plan(10, 0.5, "one_cycle")
    rates = [rate_at(plan, share) for share in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(0.02)
    assert max(rates) == pytest.approx(0.5)
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert np.sign(np.diff(rates)).tolist() == [1] * 20 + [-1] * 80
    assert rate_at(Plan(10, 0.5), 0.7) == 0.5


def test_a_step_is_adams() -> None:
    """One epoch of one step with all rows is a step of PyTorch's own Adam on the mean squared error."""
    run = training(Plan(2, 0.01), n_steps=1)
    flat = run.stack.flat.clone().requires_grad_(True)
    adam = torch.optim.Adam([flat], lr=0.01)
    views = run.stack.views(flat)
    for _ in range(2):
        h = run.rows.x
        for layer in range(0, len(views), 2):
            h = torch.baddbmm(views[layer + 1], h, views[layer])
            h = torch.tanh(h) if layer < len(views) - 2 else h
        adam.zero_grad()
        torch.nn.functional.mse_loss(h, run.rows.x).backward()
        adam.step()
    run.run()
    torch.testing.assert_close(run.stack.flat, flat.detach(), rtol=1e-4, atol=1e-5)


def test_many_networks_are_trained_as_each_alone() -> None:
    plan = Plan(30, 0.01, patience=3)
    counts, seeds = (90, 61, 4, 77, 33), (3, 4, 5, 6, 7)
    together = training(plan, counts, seeds)
    together.run()
    assert len(set(together.taken.tolist())) > 1, "they should stop at different times for this to say something"
    for i, networks in enumerate(together.first.take(together.best)):
        alone = training(plan, counts[i : i + 1], seeds[i : i + 1])
        alone.run()
        assert int(alone.taken[0]) == int(together.taken[i])
        for (weights, biases), (w, b) in zip(alone.first.take(alone.best)[0], networks, strict=True):
            np.testing.assert_allclose(weights, w, rtol=1e-3, atol=1e-4)
            np.testing.assert_allclose(biases, b, rtol=1e-3, atol=1e-4)


def test_the_best_weights_are_kept() -> None:
    run = training(Plan(200, 0.3, patience=4))  # a rate so high that it gets worse again
    run.run()
    assert run.epoch < 200
    assert run.epoch - int(run.taken[0]) == 4
    run.first.flat.copy_(run.best)
    held = run.optimise
    found = run.first.errors(held.x, held.x, held.weight(run.first.widths), 1000)
    torch.testing.assert_close(found, run.loss)
    assert run.history[-1] == pytest.approx(float(run.loss.mean()))


def test_it_stops_at_the_goal() -> None:
    free = training(Plan(40, 0.01))
    free.run()
    goal = free.history[19]
    aimed = training(Plan(40, 0.01, goal=goal))
    aimed.run()
    assert aimed.epoch == 20
    assert float(aimed.loss[0]) == pytest.approx(goal)


def test_an_anchor_holds_weights_where_they_began() -> None:
    moved = []
    for anchor in (0.0, 1.0):
        run = training(Plan(40, 0.01, anchor=anchor))
        begin = run.stack.flat.clone()
        run.run()
        moved.append(float((run.stack.flat - begin).norm()))
    assert moved[1] < moved[0] / 3


@pytest.mark.parametrize("calls", [1, 7, 30, 61])
def test_going_on_after_a_stop_gives_the_same_weights(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(25, 0.02, "one_cycle", patience=3)
    counts, seeds = (90, 30, 20, 61), (3, 4, 5, 6)
    whole = training(plan, counts, seeds)
    whole.run()
    checkpoint = Kept()
    with monkeypatch.context() as patch:
        patch.setattr(Stack, "gradient", interrupted(Stack.gradient, calls))
        with pytest.raises(KeyboardInterrupt):
            training(plan, counts, seeds).run(checkpoint=checkpoint)
    assert checkpoint.state is not None
    resumed = training(plan, counts, seeds)
    resumed.restore(checkpoint.state)
    assert resumed.epoch == (calls - 1) // 4
    resumed.run()
    assert torch.equal(resumed.best, whole.best)
    assert resumed.history == whole.history


def test_a_state_of_another_training_is_refused() -> None:
    run = training(Plan(1, 0.01))
    state = training(Plan(1, 0.01), (90, 20), (1, 2)).state()
    for wrong in ({}, state, {**run.state(), "mean": np.zeros(3, np.float32)}):
        with pytest.raises(ConfigError, match="another training"):
            training(Plan(1, 0.01)).restore(wrong)


def test_progress_is_told() -> None:
    told: list[float | None] = []
    training(Plan(4, 0.01)).run(lambda share, text: told.append(share))
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_noise_goes_into_inputs_alone_and_is_the_same_among_others() -> None:
    plan = Plan(15, 0.01, noise=0.3)
    counts, seeds = (90, 61, 33), (3, 3, 3)
    together = training(plan, counts, seeds)
    together.run()
    alone = training(plan, counts[1:2], seeds[1:2])
    alone.run()
    assert float(together.loss[1]) == pytest.approx(float(alone.loss[0]), rel=1e-3)
    quiet = training(Plan(15, 0.01), counts[1:2], seeds[1:2])
    quiet.run()
    assert float(quiet.loss[0]) != float(alone.loss[0])


def test_a_network_told_noise_from_signal() -> None:
    """Trained with noise on unrelated columns it gives less back: the best it can do is to shrink towards the mean."""
    x = torch.randn(1, 400, 6, generator=torch.Generator().manual_seed(0))
    found = []
    for noise in (0.0, 1.0):
        stack = Stack([(6, 6)], CPU)
        stack.draw(torch.tensor([1]))
        table = Table(x, torch.tensor([400]))
        run = Training(stack, table, table, torch.tensor([1]), 8, Plan(150, 0.01, noise=noise))
        run.run()
        found.append(float(run.stack.take()[0][0][0].diagonal().mean()))
    assert found[0] == pytest.approx(1, abs=0.05)
    assert found[1] == pytest.approx(0.5, abs=0.1)
