"""The records on Quotewire's topics: models, JSON Schemas, topic definitions and examples."""

from .article import MAX_TEXT_BYTES, Article, Change, Dropped, Origin, Precision, RawRef, Rights
from .codec import DecodeError, decode, encode
from .dead_letter import DeadLetter, Reason
from .enriched import Annotation, AnnotationStatus, EnrichedArticle
from .entity import Entity
from .quote import Cue, Kind, NameScope, Quote, QuotesVoided, Speaker, SpeakerKind
from .record import SCHEMA_VERSION
from .topics import Topics

__all__ = [
    "MAX_TEXT_BYTES",
    "SCHEMA_VERSION",
    "Annotation",
    "AnnotationStatus",
    "Article",
    "Change",
    "Cue",
    "DeadLetter",
    "DecodeError",
    "Dropped",
    "EnrichedArticle",
    "Entity",
    "Kind",
    "NameScope",
    "Origin",
    "Precision",
    "Quote",
    "QuotesVoided",
    "RawRef",
    "Reason",
    "Rights",
    "Speaker",
    "SpeakerKind",
    "Topics",
    "decode",
    "encode",
]
