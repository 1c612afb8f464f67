"""Everything that answers to a browser or to a program over HTTP."""
