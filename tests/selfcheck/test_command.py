import pytest

from da.__main__ import main
from da.selfcheck import command
from da.selfcheck.outcome import Outcome


def check(passed, seen):
    def claim(methods, steps):
        """Something holds."""
        seen.append((tuple(methods), steps))
        return Outcome(passed, "as was seen")

    return claim


@pytest.mark.parametrize(("verdicts", "code"), [((True, None), 0), ((True, False), 1)])
def test_one_broken_promise_fails_the_command(verdicts, code, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(command, "_checks", lambda: [check(v, seen) for v in verdicts])
    assert main(["selfcheck", "--methods", "dann", "--steps", "3"]) == code
    printed = capsys.readouterr().out
    signs = {True: "✓", None: "–", False: "✗"}
    for verdict in verdicts:
        assert f"{signs[verdict]} Something holds.\n  as was seen" in printed
    assert seen == [(("dann",), 3)] * 2


def test_all_methods_are_those_that_train(monkeypatch):
    seen = []
    monkeypatch.setattr(command, "_checks", lambda: [check(True, seen)])
    assert main(["selfcheck", "--all"]) == 0
    ((methods, _),) = seen
    assert {"adabn", "dann", "dsbn", "fixmatch", "mcd"} < set(methods)
    assert not {"source_only", "target_only", "shallow_pca"} & set(methods)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--steps", "0"], "at least 1 step; got --steps 0"),
        (["--all", "--methods", "dann"], "--methods, or all of them with --all"),
        (["--methods", "dan2"], "there is no method 'dan2'"),
    ],
)
def test_a_mistake_gets_one_sentence(options, complaint, capsys):
    assert main(["selfcheck", *options]) == 2
    assert complaint in capsys.readouterr().err
