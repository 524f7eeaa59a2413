"""Marks on the scale of points, 0 to 100, that scale.py explains."""

PASS_MARK = 70.0  # points from which a call is done: natives' sentences reach it 19 times in 20
FLAGGED = 60.0  # a sound scoring below this is worth talking about
# How near a border another take of the same call, as good, may well lie on the other side: chance moves the score of a
# call of twenty sounds by 4 (English) to 6 points (Russian), 7 ms more before it by up to 4.5.
DOUBT = 5.0


def doubtful(points: float, mark: float) -> bool:
    """Whether points lie too near a mark to say on which side the speaker is."""
    return abs(points - mark) < DOUBT
