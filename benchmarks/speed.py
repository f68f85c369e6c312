"""Cost of a training step: against a bare PyTorch loop, and of each method against source-only.

The second is kept in speed.json beside this file, from where ``da methods`` takes it. With names of
methods as arguments only these are measured, and nothing is kept.
"""

import sys
from pathlib import Path

from da.benchmark.method_speed import measure, save, timed
from da.benchmark.speed import report

if __name__ == "__main__":
    chosen = sys.argv[1:]
    if not chosen:
        print(report())
    measured = measure(chosen or timed())
    if not chosen:
        save(Path(__file__).with_suffix(".json"), measured)
    print("\n".join(f"{name:26}{r[0]:6.2f}" for name, r in measured["ratios"].items()))
