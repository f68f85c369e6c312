"""Every trained method, with its defaults, on the tasks of the digits suite.

Methods that need batch normalization are in the suite digits_bn instead.
"""

from dataclasses import replace

from da.benchmark import load_suite

BASELINES = ("source_only", "target_only_1", "target_only_5", "target_only_20", "target_only")
STATISTICS = (
    *("ddc", "dan", "jan", "dsan", "can", "deep_coral", "log_coral", "mean_coral"),
    *("homm", "cmd", "swd", "afn"),
)
ADVERSARIAL = (
    *("dann", "dann_e", "dann_bsp", "cdan", "cdan_e", "cdan_bsp", "cdan_sdat", "adda", "mcd"),
    *("mdd", "wdgrl", "daan", "gvb", "symnets", "vada", "dirt_t", "domain_confusion", "daln"),
    *("dsn",),
)
TRANSPORT = ("deep_jdot", "jumbot", "sinkhorn")
TARGET_STRUCTURE = (
    *("min_ent", "information_maximization", "bnm", "fbnm", "mcc", "atdoc", "pseudo_label"),
    *("self_ensembling", "fixmatch", "shot", "mic"),
)
PARTIAL = ("pada", "iwan", "ba3us")
COMBINATIONS = ("dann_mcc", "coral_im")

METHODS = BASELINES + STATISTICS + ADVERSARIAL + TRANSPORT + TARGET_STRUCTURE + PARTIAL
BENCHMARK = replace(load_suite("digits"), name="digits_all", methods=METHODS + COMBINATIONS)

if __name__ == "__main__":
    BENCHMARK.main()
