"""The store: one database, read and written by every room.

`open_store(settings)` gives a `Store`; `store.writing()` and `store.reading()` give a connection; the modules of
this package (`postings`, `runs`, `assessments`, `campaigns`, `reviews`, `sharing`, `people`, `audit`) take that
connection.
"""

from zorya.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
