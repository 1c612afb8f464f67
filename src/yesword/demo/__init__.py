"""The demo: an invented brand with its programs, and invented people with a past. Nothing here is needed elsewhere."""
