"""Domain types of Zorya. Standard library only; frozen; time is always an argument."""
