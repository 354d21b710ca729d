"""Evaluation that cannot flatter itself: splits without leaks, baselines in the same run, intervals over campaigns."""
