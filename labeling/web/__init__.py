"""The review app: server-rendered pages, one small script, nothing from elsewhere."""
