"""Alerts as data: STIX 2.1, MISP, CSV, HTCDS. Each format is drawn from the same package of approved cards.

`package` says what may leave; the formats only write it down. Whatever is not in a card is in no format.
"""
