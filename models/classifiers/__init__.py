"""Classifiers: from examples to probabilities. Every recipe and every baseline keeps the one contract."""
