"""The records on Quotewire's topics: models, JSON Schemas, topic definitions and examples."""

from .article import MAX_TEXT_BYTES, Article, Change, Dropped, Origin, Precision, RawRef, Rights
from .codec import DecodeError, decode, encode
from .dead_letter import MESSAGE_LIMIT, DeadLetter, Reason
from .enriched import Annotation, AnnotationStatus, EnrichedArticle
from .entity import Entity
from .quote import Cue, Kind, NameScope, Quote, QuotesVoided, Speaker, SpeakerKind
from .record import SCHEMA_VERSION, Record
from .topics import (
    ARTICLE,
    CE_ARTICLE,
    CE_ENRICHED,
    CE_QUOTE,
    CE_QUOTES_VOIDED,
    ENRICHED,
    QUOTE,
    Topics,
    TopicSpec,
    dead_letter_topic,
    examples,
    json_schema,
    spec,
    specs,
)

__all__ = [
    "ARTICLE",
    "CE_ARTICLE",
    "CE_ENRICHED",
    "CE_QUOTE",
    "CE_QUOTES_VOIDED",
    "ENRICHED",
    "MAX_TEXT_BYTES",
    "MESSAGE_LIMIT",
    "QUOTE",
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
    "Record",
    "Rights",
    "Speaker",
    "SpeakerKind",
    "TopicSpec",
    "Topics",
    "dead_letter_topic",
    "decode",
    "encode",
    "examples",
    "json_schema",
    "spec",
    "specs",
]
