from da.selfcheck import order


def test_no_score_depends_on_the_order():
    outcome = order.order_does_not_matter([], 1)
    assert outcome.passed, outcome.evidence
    assert int(outcome.evidence.split()[0]) >= 18


def test_a_score_that_does_is_found(monkeypatch):
    plain = order.scores

    def positional(source, target, views):
        found = plain(source, target, views)
        return found | {"entropy": {"value": float(target.logits[0, 0]), "status": None}}

    monkeypatch.setattr(order, "scores", positional)
    assert order.order_does_not_matter([], 1).evidence == "changed by the order: entropy"
