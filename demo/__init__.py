"""An invented town of boards and partners on loopback: the first run, and a real thing to crawl in tests.

Everything in `boards/` and `partners/` is made up. Nothing here talks to a machine other than this one.
"""
