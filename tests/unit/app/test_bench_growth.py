"""What the bench calls grown: a 95th percentile over twice that with few rows, unless it is fast all the same."""

import pytest

from bench.board import Measured, tell


@pytest.mark.parametrize(("large", "small", "holds"), [(60.0, 31.0, True), (60.0, 29.0, False), (19.0, 2.0, True)])
def test_a_page_that_grows_with_its_rows_is_broken(large: float, small: float, holds: bool) -> None:
    few, many = (Measured("board", 9, [ms] * 20, ms, 100.0, 1.0) for ms in (small, large))
    assert tell(many, few) is holds
