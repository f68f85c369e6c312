"""Who may import whom: what is pure stays pure, and methods never meet data."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ANYWHERE = {"batch", "streams"}  # besides the package that a file belongs to
ALLOWED = {
    "batch": set(),
    "streams": set(),
    "schedules": set(),
    "shallow": set(),
    "losses": set(),
    "layers": set(),
    "backbones": set(),
    "acquisition": set(),
    "data": {"acquisition"},
    "transfer": set(),
    "gap": set(),
    "tracking": set(),
    "validators": {"losses"},
    "callbacks": {"validators"},
    "parsing": set(),
    "methods": {"losses", "layers", "backbones", "schedules", "shallow", "parsing"},
    "mistakes": {"backbones", "data", "methods"},
    "checks": {"methods"},
    "predictions": set(),
    "terminal": set(),
    "cli": {
        *("callbacks", "checks", "data", "methods", "mistakes", "parsing", "predictions"),
        *("terminal", "tracking"),
    },
    "arguments": {"benchmark"},
    "catalogue": {"acquisition", "arguments", "benchmark", "data", "mistakes", "parsing"},
    "overview": {"arguments", "benchmark", "methods"},
    "selfcheck": {"arguments", "benchmark", "cli", "data", "gap", "transfer"},
    "extraction": {"arguments", "benchmark", "cli", "data"},
    "gating": {"arguments", "benchmark", "transfer"},
}


def imported(source):
    """Return the modules that a file imports, also in functions; relative ones start with a dot."""
    modules = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            whole = [f"{module}.{alias.name}" for alias in node.names]
            modules += whole if module == "da" else [module]
    return modules


def ours(source):
    return {name.split(".")[1] for name in imported(source) if name.startswith("da.")}


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_imports_only_what_it_may(part):
    files = sorted((ROOT / "da" / part).rglob("*.py")) or [ROOT / "da" / f"{part}.py"]
    for file in files:
        assert ours(file.read_text()) <= {part} | ANYWHERE | ALLOWED[part], file


def test_declarations_import_the_benchmark_alone():
    for file in sorted((ROOT / "benchmarks").glob("*.py")):
        assert ours(file.read_text()) <= {"benchmark"}, file


def test_imports_are_absolute():
    for file in [*(ROOT / "da").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        assert not [name for name in imported(file.read_text()) if name.startswith(".")], file


def test_every_part_has_its_rule():
    parts = {
        p.stem
        for p in (ROOT / "da").iterdir()
        if p.suffix == ".py" or (p / "__init__.py").is_file()
    }
    assert parts - {"__init__", "__main__", "benchmark"} == set(ALLOWED)


def test_imports_are_found_in_every_form():
    source = (
        "import da.data.base\nfrom da import methods\ndef f():\n    from da.losses.mmd import mmd"
    )
    assert ours(source) == {"data", "methods", "losses"}
    assert imported("from . import x\nfrom ..a import y") == [".", "..a"]
