import lzma

import numpy as np
import pytest

from da.benchmark.packing import encode, spell, unspell


@pytest.mark.parametrize("classes", [2, 10, 31, 62])
def test_spelled_predictions_come_back(classes):
    predictions = np.random.default_rng(0).integers(0, classes, 200)
    spelled = spell(encode(predictions))
    assert len(spelled) == 201
    assert unspell(spelled) == encode(predictions)


def test_with_more_classes_than_letters_they_stay_as_they_are():
    packed = encode(np.array([3, 62, 7]))
    assert spell(packed) == packed
    assert unspell(packed) == packed


def test_no_packed_text_is_taken_for_a_spelled_one():
    for n in range(50):
        packed = encode(np.arange(n) % 10)
        assert unspell(packed) == packed


def test_predictions_that_are_much_alike_compress_to_less():
    rng = np.random.default_rng(0)
    first = rng.integers(0, 10, 500)
    packed = []
    for _ in range(20):
        other = first.copy()
        other[rng.integers(0, 500, 25)] = rng.integers(0, 10, 25)
        packed.append(encode(other))
    plain, spelled = ("\n".join(t).encode() for t in (packed, map(spell, packed)))
    assert len(lzma.compress(spelled)) < 0.6 * len(lzma.compress(plain))
