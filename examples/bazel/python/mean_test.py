"""Tests of the mean."""

import unittest

from examples.bazel.python.mean import mean


class MeanTest(unittest.TestCase):
    def test_the_mean_of_three_numbers(self) -> None:
        self.assertEqual(mean([1, 2, 6]), 3)


if __name__ == "__main__":
    unittest.main()
