"""Nothing turns on a point that chance may have given."""

from hypothesis import given
from hypothesis import strategies as st

from trainer.scoring.points import DOUBT, doubtful, holds, share_above

points = st.floats(0, 100)
a_point = st.floats(0, 1)


@given(points, points)
def test_what_has_passed_is_lost_only_where_the_points_are_below_beyond_doubt(scored, mark):
    assert holds(scored, mark) == (scored >= mark or doubtful(scored, mark))


@given(points, points, a_point)
def test_a_point_more_changes_little_and_never_for_the_worse(scored, mark, more):
    before, after = share_above(scored, mark), share_above(scored + more, mark)
    assert before <= after <= before + more / (2 * DOUBT) + 1e-9


@given(points, points)
def test_beyond_doubt_a_mark_is_reached_wholly_or_not_at_all(scored, mark):
    if not doubtful(scored, mark):
        assert share_above(scored, mark) == (scored >= mark)
