import pytest
import torch

from da.predictions import write_predictions


def test_the_file_is_what_it_should_be(tmp_path):
    path = tmp_path / "predictions.csv"
    probabilities = torch.tensor([[0.25, 0.75], [1.0, 0.0]])
    write_predictions(path, ["a,b", "c"], ["cat", "dog"], probabilities)
    assert path.read_bytes().decode() == (
        "id,prediction,confidence,p(cat),p(dog)\n"
        '"a,b",dog,0.750000,0.250000,0.750000\n'
        "c,cat,1.000000,1.000000,0.000000\n"
    )


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "predictions.csv"
    path.write_text("old")
    with pytest.raises(ValueError, match="shorter"):
        write_predictions(path, ["a", "b"], ["cat", "dog"], torch.tensor([[0.5, 0.5]]))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
