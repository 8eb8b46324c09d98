"""Settings from environment variables and secret files, and their documentation."""

__all__ = ["env", "settings", "settings_table"]
