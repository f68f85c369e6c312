"""Getting data sets: where they are, what they should hold, how they are come by."""

from da.acquisition.root import data_root, file, locate, tree

__all__ = ["data_root", "file", "locate", "tree"]
