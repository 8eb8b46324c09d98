"""SQL files of schema `news`, applied in order by `quotewire_runtime.migrations`; an applied one is never edited."""
