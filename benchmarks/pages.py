"""Make the published numbers on the pages anew: ``python benchmarks/pages.py``."""

from pathlib import Path

from da.benchmark.published_pages import refresh

if __name__ == "__main__":
    for page in sorted(Path(__file__).with_name("pages").glob("*.md")):
        refresh(page)
