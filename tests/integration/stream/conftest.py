from kit.services import services

__all__ = ["services"]
