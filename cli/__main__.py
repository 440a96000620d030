"""`python -m cli`."""

import os

from cli.app import app

# A program that calls this one by another name says so, for completion in shells goes by the name.
app(prog_name=os.environ.get("CAREERGRAPH_PROGRAM", "python -m cli"))
