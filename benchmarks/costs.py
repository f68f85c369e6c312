"""What published settings cost at full size, from timed steps; kept in costs.json beside this file.

With names of settings in ``experiments/papers`` as arguments. On a CPU by one thread. ``python
benchmarks/pages.py`` then puts it on the pages.
"""

import sys
from pathlib import Path

import torch
from rich.console import Console

from da.benchmark.cost import costs, save, table
from da.benchmark.papers import load_paper

if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:]:
        paper = load_paper(name)
        found, device = costs(paper.benchmark)
        save(Path(__file__).with_suffix(".json"), name, found, device)
        Console().print(table(paper.title, found, device))
