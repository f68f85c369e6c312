"""Make what pages and README quote of published numbers anew: ``python benchmarks/pages.py``."""

from pathlib import Path

from da.benchmark.published_pages import refresh

if __name__ == "__main__":
    here = Path(__file__).parent
    for page in (*sorted((here / "pages").glob("*.md")), here.parent / "README.md"):
        refresh(page)
