"""Trained models on disk, `models/<name>/<version>/`: hashed before they are opened, of known kinds, without code.

A model is put in use, and taken back, by a person with a reason (`models.registry.promotion`); alias files beside the
versions say which is champion, challenger and previous.
"""
