"""The shared record: what two or more rooms must agree on.

Charter: a module may live here only if at least two rooms need it *and* it is about the shared
record — domain types, identifiers, the store, the evidence archive, settings, logs. A function that
serves one room lives in that room, under the name of its subject.
"""

__version__ = "0.1.0"
