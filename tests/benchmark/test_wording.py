"""Methods are written as their papers write them."""

import pytest

from da.benchmark.method_files import names
from da.benchmark.wording import method_name, task_name

WRITTEN = """
adabn AdaBN; adda ADDA; afn AFN; atdoc ATDOC; ba3us BA3US; bnm BNM; can CAN; cdan CDAN;
cdan_bsp CDAN+BSP; cdan_e CDAN+E; cdan_sdat CDAN+SDAT; cmd CMD; coral_im CORAL+IM; daan DAAN;
daln DALN; dan DAN; dann DANN; dann_bsp DANN+BSP; dann_e DANN+E; dann_mcc DANN+MCC; ddc DDC;
deep_coral Deep CORAL; deep_jdot DeepJDOT; dirt_t DIRT-T; domain_confusion Domain confusion;
dsan DSAN; dsbn DSBN; dsn DSN; fbnm FBNM; fixmatch FixMatch; gvb GVB; homm HoMM;
information_maximization Information maximization; iwan IWAN; jan JAN; jumbot JUMBOT;
log_coral Log-CORAL; mcc MCC; mcd MCD; mdd MDD; mean_coral CORAL with means; mic MIC;
min_ent MinEnt; pada PADA; pseudo_label Pseudo-label; self_ensembling Self-ensembling;
shot SHOT; sinkhorn Sinkhorn divergence; source_only source only; swd SWD; symnets SymNets;
target_only target only; target_only_1 target only, 1 label per class;
target_only_5 target only, 5 labels per class; target_only_20 target only, 20 labels per class;
transnorm TransNorm; vada VADA; wdgrl WDGRL
"""
EXPECTED = dict(entry.strip().split(" ", 1) for entry in WRITTEN.split(";"))


def test_every_method_with_a_file_is_written_as_in_its_paper():
    deep = [name for name in names() if not name.startswith("shallow_")]
    assert {name: method_name(name) for name in deep} == EXPECTED


@pytest.mark.parametrize(
    ("method", "written"),
    [
        ("shallow_tca", "TCA"),
        ("shallow_ot_exact", "OT exact"),
        ("shallow_nearest_neighbor", "1-NN"),
        ("maximum_squares", "maximum squares"),
        ("dann_of_mine", "DANN of mine"),
        ("target_only_50", "target only, 50 labels per class"),
        ("deep_coral_long", "Deep CORAL, longer training"),
        ("cdan_unnormalized", "CDAN, no batch norm in the discriminator"),
    ],
)
def test_names_of_others_are_words_with_known_acronyms(method, written):
    assert method_name(method) == written


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("a->b", "a→b"),
        ("a->b:label_shift", "a→b, label shift"),
        ("a->b:label_shift@3.1", "a→b, label shift 1, draw 1"),
        ("a->b:small_target@4", "a→b, small target 30"),
        ("a->b:small_target@0", "a→b"),
        ("a->b:over_adapt@0", "a→b"),
        ("a->b:spurious@0", "a→b, spurious 0"),
    ],
)
def test_a_task_is_named_with_its_scenario_unless_it_is_the_clean_one(task, name):
    assert task_name(task) == name


def test_a_variant_is_named_with_its_factor():
    assert method_name("dann@0.3") == "DANN ×0.3"
