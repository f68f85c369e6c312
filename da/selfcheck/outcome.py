"""What a check saw."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What a check saw.

    Attributes:
        passed: Whether it holds; None if it could not be looked at.
        evidence: What was seen, in one phrase.
    """

    passed: bool | None
    evidence: str
