import pickle

import pytest
import torch

from da.data import CenterCrop, Office31, RandomCrop, Resize
from da.data.feed import IMAGENET


def test_images_are_prepared_as_for_imagenet(tmp_path):
    task = Office31("amazon", "webcam", root=str(tmp_path))
    assert task.pixels == IMAGENET
    assert (task.size, task.in_channels, task.cache) == (256, 3, False)
    assert isinstance(task.transform, RandomCrop)
    assert isinstance(task.eval_transform, CenterCrop)
    assert task.transform.size == task.eval_transform.size == 224
    image = torch.zeros(3, 256, 256, dtype=torch.uint8)
    assert task.transform(image).shape == task.eval_transform(image).shape == (3, 224, 224)


def test_crops_follow_the_size_and_give_way_to_others(tmp_path):
    task = Office31("amazon", "webcam", root=str(tmp_path), size=64, transform=Resize(48))
    assert isinstance(task.transform, Resize)
    assert task.eval_transform.size == 56
    with pytest.raises(ValueError, match="at least 8 pixels a side; got size=4"):
        Office31("amazon", "webcam", size=4)


def test_what_workers_get_is_small(tmp_path):
    task = Office31("amazon", "webcam", root=str(tmp_path))
    assert len(pickle.dumps((task.transform, task.eval_transform))) < 2000
