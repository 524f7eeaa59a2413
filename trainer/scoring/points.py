"""Marks on the scale of points, 0 to 100, that scale.py explains."""

PASS_MARK = 70.0  # points from which a call is done: natives' sentences reach it 19 times in 20
FLAGGED = 60.0  # a sound scoring below this is worth talking about
