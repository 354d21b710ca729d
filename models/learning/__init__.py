"""What labels bring, those that people give next and those that indicators give."""
