"""`python -m sogoc`."""

from sogoc.cli.app import main

main()
