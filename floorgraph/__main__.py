"""`python -m floorgraph`."""

from floorgraph.cli import main

main()
