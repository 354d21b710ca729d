"""From assessment to verdict: what people look at, in which order, and what they decided."""
