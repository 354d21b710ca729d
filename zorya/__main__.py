"""`python -m zorya`."""

from zorya.cli import main

main()
