"""From verdict to partner: selection, digests, outbox and the channels they leave by.

`alerts.stage.run` is the whole room; `selection.run`, `digest.run` and `outbox.deliver` are its steps.
"""
