"""Probing: from an address that a person pasted to the draft of a source file, politely and without storing an ad."""
