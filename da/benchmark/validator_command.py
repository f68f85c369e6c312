"""``da validators``: which validator to trust, by the results of several suites."""

from collections.abc import Sequence
from pathlib import Path

from da.arguments import Parser

#: What the table stands between in a README; not the marks of the suite validators.
START, END = "<!-- trust -->", "<!-- end: trust -->"


def validators(args: Sequence[str]) -> int:
    """Say which validator to trust, by what its selections cost on several data sets."""
    parser = Parser("da validators", description=validators.__doc__)
    parser.add_argument(
        "results", nargs="+", type=Path, help="folders of da bench validators and the like"
    )
    parser.add_argument("--readme", type=Path, help="write the table into this file")
    options = parser.parse_args(args)

    from rich.console import Console
    from rich.markdown import Markdown

    from da.benchmark.publish import replace_between
    from da.benchmark.results import read
    from da.benchmark.validator_story import story
    from da.benchmark.validator_trust import markdown, trust

    found = trust([record for folder in options.results for record in read(folder)[0]])
    text = markdown(found)
    if options.readme:
        replace_between(options.readme, START, END, text)
        return 0
    console = Console()
    console.print(Markdown(text))
    for sentence in story(found.quality):
        console.print(f"- {sentence}", highlight=False, markup=False)
    return 0
