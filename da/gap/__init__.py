"""How far apart two domains are."""

from da.gap.label_shift import bbse, joint_confusion, label_shift, rlls

__all__ = ["bbse", "joint_confusion", "label_shift", "rlls"]
