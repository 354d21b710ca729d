"""The ways a digest leaves the house: one module each, with one function that sends or raises."""
