"""SQL migrations of schema `news`, applied in order; an applied one is never edited."""
