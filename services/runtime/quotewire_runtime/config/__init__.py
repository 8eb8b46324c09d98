"""Settings from environment variables and secret files, and their documentation."""
