"""How many examples a rule is tried with: few and the same in `make test`, many when exploring."""

from __future__ import annotations

from hypothesis import settings

EXPLORING = "exploring"  # `pytest --hypothesis-profile exploring`
USUAL, _TIMES_AS_MANY = 50, 40


def register_profiles() -> None:
    """Make both profiles, and choose that of `make test`.

    Machines are shared and noisy, so no example has a deadline. A verdict is the same each time,
    so the examples are.
    """
    settings.register_profile("house", deadline=None, derandomize=True, max_examples=USUAL)
    settings.register_profile(
        EXPLORING, deadline=None, derandomize=False, max_examples=USUAL * _TIMES_AS_MANY
    )
    settings.load_profile("house")


def examples(number: int) -> int:
    """Return how many examples a rule has that is dear, or of many cases."""
    is_exploring = settings.get_current_profile_name() == EXPLORING
    return number * _TIMES_AS_MANY if is_exploring else number
