"""Pages for people outside the house: no log-in, no cookie, no script, nothing kept."""
