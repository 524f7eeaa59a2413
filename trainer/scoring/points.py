"""Marks on the scale of points, 0 to 100, that scale.py explains, and the one law of them: nothing turns on a point.

A call passes at the mark. What has passed stays so until it is clearly below (`holds`). What moves by steps, as memory,
speed and load do, moves by how far above the mark the points are (`share_above`). A call without one of its words is
clearly below the mark, however well the rest was said (`of_a_part`).
"""

PASS_MARK = 70.0  # points from which a call is done: natives' sentences reach it 19 times in 20
FLAGGED = 60.0  # a sound scoring below this is worth talking about
AS_NATIVES = 95.0  # what natives' sentences have in the median
LEAST_DEDUCTION = 1.0  # points: what costs less is not told apart
# How near a border another take of the same call, as good, may well lie on the other side: chance moves the score of a
# call of twenty sounds by 4 (English) to 6 points (Russian).
DOUBT = 5.0


def of_a_part(points: float, mark: float) -> float:
    """What a call is worth without one of its words: on the radio it is no call."""
    return max(0.0, min(points, mark - 2 * DOUBT))


def doubtful(points: float, mark: float) -> bool:
    """Whether points lie too near a mark to say on which side the speaker is."""
    return abs(points - mark) < DOUBT


def holds(points: float, mark: float) -> bool:
    """Whether what had reached a mark before has it still: only points clearly below take it away."""
    return points > mark - DOUBT


def share_above(points: float, mark: float) -> float:
    """How far points count as above a mark: 0 where they are clearly below, 1 where clearly above, a half on it, so
    that no single point turns what depends on them."""
    return min(1.0, max(0.0, (points - mark + DOUBT) / (2 * DOUBT)))
