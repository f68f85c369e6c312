"""Digits that need no download: handwriting and renderings in several looks."""

from collections.abc import Callable
from functools import cache, partial

from da.data.base import TransferTask
from da.data.drawing import Drawings, Side
from da.data.feed import Pixels, Transform
from da.data.handwriting import handwritten
from da.data.rendering import crowded, rendered
from da.data.samples import Domain, Samples
from da.data.styles import coloured, noisy, on_photographs, plain
from da.data.transforms import Strong

Content = Callable[[str, Side], Drawings]
Style = Callable[[str, Side, Drawings], Samples]

# The digits of a domain and their look. uci and uci-m train on different halves of the
# handwriting, so that no digit is at once a source and a target sample; uci-n looks at uci's half.
RECIPES: dict[str, tuple[Content, Style]] = {
    "uci": (partial(handwritten, half="first"), plain),
    "uci-m": (partial(handwritten, half="second"), on_photographs),
    "uci-n": (partial(handwritten, half="first"), noisy),
    "fonts": (rendered, plain),
    "fonts-m": (rendered, on_photographs),
    "syn": (crowded, coloured),
}


class Digits(TransferTask):
    """Ten digits in six domains, built from installed packages alone; the same in every process.

    - ``uci``: handwriting, white on black: about 600 originals, 6 copies each; 600 test.
    - ``uci-m``: other handwriting over photographs, as MNIST-M; the same test digits.
    - ``uci-n``: the handwriting of ``uci``, blurred, faint and noisy; the same test digits.
    - ``fonts``: renderings in 20 fonts, white on black: 4,000 train, 1,000 test.
    - ``fonts-m``: other renderings over photographs: 4,000 train, 1,000 test.
    - ``syn``: coloured renderings between other digits, with noise: 4,000 train, 1,000 test.
    """

    domains = tuple(RECIPES)
    num_classes = 10
    pixels = Pixels(mean=0.32, std=0.32)  # of all training samples of the six domains

    def default_strong(self) -> Transform:
        return Strong(28, flip=False)

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        return _build(name)


@cache
def _build(name: str) -> Domain:
    content, style = RECIPES[name]
    train, test = (style(name, side, content(name, side)) for side in ("train", "test"))
    return Domain(train, test)
