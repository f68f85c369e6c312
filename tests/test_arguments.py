import pytest

from da.arguments import Parser


@pytest.fixture
def parser():
    """Return a parser with an option, a choice and a command that has an option of its own."""
    parser = Parser("prog")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--select", choices=["final", "oracle"])
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("show").add_argument("--output")
    return parser


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--wokers=3", "there is no option '--wokers'; did you mean '--workers'?"),
        ("--select finale", "there is no --select 'finale'; did you mean 'final'?"),
        ("shwo", "there is no command 'shwo'; did you mean 'show'?"),
        ("show --outptu x", "there is no option '--outptu'; did you mean '--output'?"),
        ("show x", "'x' is one argument too many"),
        ("--workers x", "argument --workers: invalid int value: 'x'"),
    ],
)
def test_a_mistake_is_one_sentence(parser, line, sentence):
    with pytest.raises(ValueError, match="^") as error:
        parser.parse_args(line.split())
    assert str(error.value) == sentence


def test_options_are_not_abbreviated(parser):
    with pytest.raises(ValueError, match="did you mean '--workers'"):
        parser.parse_args(["--worker=3"])


def test_what_is_right_is_parsed(parser):
    options = parser.parse_args(["--workers", "3", "show", "--output", "x"])
    assert (options.workers, options.command, options.output) == (3, "show", "x")
