"""Which validator to trust: pools of methods, weights and steps on MNIST and USPS."""

from dataclasses import replace

from da.benchmark import load_suite

BENCHMARK = replace(
    load_suite("mnist_usps"),
    name="validators_mnist_usps",
    methods=load_suite("validators").methods,
    tasks=("mnist->usps:draw0", "usps->mnist:draw0"),
    checkpoints=10,
)

if __name__ == "__main__":
    BENCHMARK.main()
