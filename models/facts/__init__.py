"""Facts an ad states: pay, ages wanted, working time, and what its phrases say of housing, travel, documents and so on.

Every fact carries the spans it was read from; a fact an ad is silent about is *not stated*, which is not a denial.
"""

from models.facts.finding import find_facts
from models.facts.record import AgeBand, Facts, Hours, Stated

__all__ = ["AgeBand", "Facts", "Hours", "Stated", "find_facts"]
