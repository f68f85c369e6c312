"""Amazon reviews: sentiment between all pairs of four kinds of goods."""

from itertools import permutations

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="amazon_reviews",
    data="amazon_reviews",
    methods=("source_only", "dann", "deep_coral", "dan", "target_only"),
    tasks=tuple(
        f"{a}->{b}" for a, b in permutations(("books", "dvd", "electronics", "kitchen"), 2)
    ),
    seeds=(0, 1, 2),
)

if __name__ == "__main__":
    BENCHMARK.main()
