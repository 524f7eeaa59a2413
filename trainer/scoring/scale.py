"""What the points mean: the scale of calls, words and sounds, held at both ends by speakers."""

PASS_MARK = 70.0  # points from which a call is done: natives' sentences reach it 19 times in 20
