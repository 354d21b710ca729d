"""What people should label next, and what labels bring."""
