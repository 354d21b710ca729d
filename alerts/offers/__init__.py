"""Is this offer safe? What to ask, what to check and whom to call, for somebody who thinks of going."""
