"""Things in offices and at home: Office-31, Office-Caltech10 and Office-Home."""

from collections.abc import Sequence
from typing import ClassVar

from da.acquisition.manifest import load
from da.data.image_set import ImageSet


class Office31(ImageSet):
    """31 things in an office from a web shop, a digital camera and a webcam: 4,110 images.

    Saenko, Kulis, Fritz & Darrell, *Adapting Visual Category Models to New Domains*, ECCV 2010.
    https://faculty.cc.gatech.edu/~judy/domainadapt/
    """

    dataset = "office-31"
    sides: ClassVar = {"amazon": "amazon", "dslr": "dslr", "webcam": "webcam"}
    num_classes = 31


class OfficeCaltech10(ImageSet):
    """The ten classes that Office-31 shares with Caltech-256: 2,533 images in four domains.

    Gong, Shi, Sha & Grauman, *Geodesic Flow Kernel for Unsupervised Domain Adaptation*, CVPR 2012.
    https://doi.org/10.1109/CVPR.2012.6247911
    """

    dataset = "office-caltech10"
    sides: ClassVar = {
        "amazon": "amazon",
        "caltech": "caltech10",
        "dslr": "dslr",
        "webcam": "webcam",
    }
    num_classes = 10

    def numbers(self, side: str) -> Sequence[int]:
        office = {tree.domain: tree for tree in load("office-31").trees}
        if side not in office:
            return super().numbers(side)
        # the classes are all there, under names that differ
        names = {"backpack": "back_pack", "laptop": "laptop_computer"}
        tree = office[side]
        return [tree.counts[tree.classes.index(names.get(c, c))] for c in self.class_names]


class OfficeHome(ImageSet):
    """65 things at work and at home, drawn, painted, sold and photographed: 15,588 images.

    Venkateswara, Eusebio, Chakraborty & Panchanathan, *Deep Hashing Network for Unsupervised Domain
    Adaptation*, CVPR 2017. https://www.hemanthdv.org/officeHomeDataset.html
    """

    dataset = "office-home"
    sides: ClassVar = {
        "art": "Art",
        "clipart": "Clipart",
        "product": "Product",
        "real_world": "Real World",
    }
    num_classes = 65
