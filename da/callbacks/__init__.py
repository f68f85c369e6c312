"""Callbacks: they observe; methods act."""

from da.callbacks.random_state import RandomState
from da.callbacks.scores import Scores

__all__ = ["RandomState", "Scores"]
