"""Pages, over HTTP."""
