"""Care for those who read: content notes, topics to opt out of, support lines, reporting routes; their data files."""
