"""Photographs, paintings, sketches and renderings: the other published sets of images."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from da.acquisition import locate
from da.acquisition.root import path_of
from da.data.image_lists import listed_classes
from da.data.image_set import ImageSet
from da.data.samples import Domain


class ImageClefDA(ImageSet):
    """12 classes that three collections of photographs share, 50 images each: 1,800 images.

    Caputo et al., *ImageCLEF 2014: Overview and Analysis of the Results*, CLEF 2014.
    https://www.imageclef.org/2014/adaptation
    """

    dataset = "image-clef"
    sides: ClassVar = {"caltech": "c", "imagenet": "i", "pascal": "p"}
    num_classes = 12


class VisDA2017(ImageSet):
    """12 classes from renderings (152,397 images) to photographs (55,388).

    Peng et al., *VisDA: The Visual Domain Adaptation Challenge*, 2017.
    https://arxiv.org/abs/1710.06924
    """

    dataset = "visda-2017"
    sides: ClassVar = {"synthetic": "train", "real": "validation"}
    num_classes = 12


class DomainNet(ImageSet):
    """345 classes in six kinds of pictures, cleaned, with the official division: 586,575 images.

    Peng et al., *Moment Matching for Multi-Source Domain Adaptation*, ICCV 2019.
    https://arxiv.org/abs/1812.01754
    """

    dataset = "domainnet"
    sides: ClassVar = {
        name: name for name in ("clipart", "infograph", "painting", "quickdraw", "real", "sketch")
    }
    num_classes = 345

    @cached_property
    def class_names(self) -> Sequence[str]:
        folder = locate(self.dataset, self.root)
        path = path_of(self.list_of(f"{self.source} train"), folder)
        if path is None:
            raise FileNotFoundError(
                f"{folder} has no list {self.source}_train.txt, which names the classes; "
                f"get it with: da data get {self.dataset}"
            )
        return listed_classes(path, self.num_classes)

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        return Domain(self.read(f"{name} train"), self.read(f"{name} test"))


class PACS(ImageSet):
    """7 classes as photographs, paintings, cartoons and sketches: 9,991 images.

    Li, Yang, Song & Hospedales, *Deeper, Broader and Artier Domain Generalization*, ICCV 2017.
    https://arxiv.org/abs/1710.03077
    """

    dataset = "pacs"
    sides: ClassVar = {name: name for name in ("photo", "art_painting", "cartoon", "sketch")}
    num_classes = 7


class VLCS(ImageSet):
    """5 classes that four collections of photographs share: 10,729 images.

    Fang, Xu & Rockmore, *Unbiased Metric Learning: On the Utilization of Multiple Datasets and Web
    Images for Softening Bias*, ICCV 2013. https://doi.org/10.1109/ICCV.2013.208
    """

    dataset = "vlcs"
    sides: ClassVar = {
        "caltech": "Caltech101",
        "labelme": "LabelMe",
        "sun": "SUN09",
        "pascal": "VOC2007",
    }
    num_classes = 5
