"""Cost of a training step against a bare PyTorch loop on the same network and images."""

from da.benchmark.speed import report

if __name__ == "__main__":
    print(report())
