"""What validators cost for one checkpoint: 10,000 samples, 256 features, 31 classes."""

from da.benchmark.validator_speed import seconds, table

if __name__ == "__main__":
    print(table(seconds()))
