"""Parts that take arrays keep scikit-learn's contract."""

import warnings

import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from models.classifiers.calibration import Calibrator
from models.classifiers.conformal import MondrianConformal
from models.classifiers.prior import PriorShift
from models.classifiers.vectoriser import HashedText

PARTS = [
    Calibrator("platt"),
    Calibrator("beta"),
    Calibrator("isotonic"),
    PriorShift(),
    PriorShift(deployment=0.1),
    MondrianConformal(),
    HashedText(),
]


@pytest.mark.parametrize("part", PARTS, ids=repr)
def test_keeps_the_contract(part: BaseEstimator) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkipTestWarning)
        # what a check itself provokes, such as a weak fit on noise, is its own matter
        warnings.simplefilter("ignore", RuntimeWarning)
        done = check_estimator(part, on_skip=None, on_fail=None)
    assert [each["check_name"] for each in done if each["status"] == "failed"] == []
