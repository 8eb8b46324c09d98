"""Accept articles that other programs push over HTTP."""
