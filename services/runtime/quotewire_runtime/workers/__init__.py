"""Worker processes that can be killed. Each of them imports this package, so it imports nothing."""

__all__ = ["pool"]
