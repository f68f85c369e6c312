import pytest
import torch

from da.callbacks import RandomState
from da.methods import SourceOnly


@pytest.fixture
def start_batch(build, trainer):
    """Return a function that tells a callback that a training batch starts."""
    run, method = trainer(), build(SourceOnly)
    return lambda callback: callback.on_train_batch_start(run, method, None, 0)


def test_restores_the_generator_at_the_first_batch_and_not_before(start_batch):
    torch.manual_seed(1)
    saved = RandomState().state_dict()
    expected = torch.randn(3)

    callback = RandomState()
    callback.load_state_dict(saved)
    torch.manual_seed(2)
    other = torch.randn(3)
    assert not torch.equal(other, expected)  # loading alone has changed nothing
    start_batch(callback)
    assert torch.equal(torch.randn(3), expected)


def test_restores_once(start_batch):
    callback = RandomState()
    callback.load_state_dict(callback.state_dict())
    start_batch(callback)
    first = torch.randn(3)
    start_batch(callback)
    assert not torch.equal(torch.randn(3), first)


def test_a_new_run_keeps_its_own_numbers(start_batch):
    torch.manual_seed(3)
    expected = torch.randn(3)
    torch.manual_seed(3)
    start_batch(RandomState())
    assert torch.equal(torch.randn(3), expected)


def test_state_passes_the_safe_loader(tmp_path):
    torch.save(RandomState().state_dict(), tmp_path / "state.pt")
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert torch.equal(state["cpu"], torch.get_rng_state())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_restores_the_generators_of_the_devices(start_batch):
    callback = RandomState()
    callback.load_state_dict(callback.state_dict())
    expected = torch.randn(3, device="cuda")
    start_batch(callback)
    assert torch.equal(torch.randn(3, device="cuda"), expected)
