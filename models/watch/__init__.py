"""Watching models in use: labels that look altered, traffic that is no longer what the model learnt from."""
