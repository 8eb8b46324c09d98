"""Random records that a JSON Schema of `schemas/` allows: the same ones for the same seed."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

WORDS = ["harbour", "ferry", "“we", "count”,", "said", "Müller", "🎉", "Zoë’s", "𝟛", "boats\n–", "Ñandú"]
LATER_MEMBER = "a_member_added_later"
LATER_FIELD = "a_field_added_later"
P_ABSENT, P_LATER = 0.3, 0.05


class RandomRecords:
    """Writes records as a producer would, and now and then as one of a later release would."""

    def __init__(self, schema: dict[str, Any], seed: int) -> None:
        self._schema = schema
        self._random = random.Random(seed)

    def record(self) -> bytes:
        """Write one record."""
        return json.dumps(_coherent(self._any(self._schema), self._random), ensure_ascii=False).encode()

    def _any(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self._any(self._schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        if "anyOf" in schema:
            return self._any(self._random.choice(schema["anyOf"]))
        return getattr(self, f"_{schema['type']}")(schema)

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "properties" not in schema:
            return {self._words(1): self._any(schema["additionalProperties"]) for _ in range(self._random.randrange(3))}
        required = set(schema.get("required", ()))
        found = {
            name: self._any(field)
            for name, field in schema["properties"].items()
            if name in required or self._random.random() > P_ABSENT
        }
        return found | ({LATER_FIELD: self._words(2)} if self._random.random() < P_LATER else {})

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        if "prefixItems" in schema:
            return [self._any(item) for item in schema["prefixItems"]]
        least = int(schema.get("minItems", 0))
        return [self._any(schema["items"]) for _ in range(self._random.randint(least, least + 2))]

    def _string(self, schema: dict[str, Any]) -> str:
        if schema.get("description") == "a member added later":
            return LATER_MEMBER
        if schema.get("format") == "date-time":
            moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=self._random.randrange(10**15))
            return moment.isoformat().replace("+00:00", "Z")
        if schema.get("pattern") == "^[0-9a-f]{64}$":
            return f"{self._random.getrandbits(256):064x}"
        assert "pattern" not in schema, f"teach this class the pattern {schema['pattern']}"
        return self._words(self._random.randint(1 if schema.get("minLength") else 0, 12))[: schema.get("maxLength")]

    def _integer(self, schema: dict[str, Any]) -> int:
        least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        return 1 if least == 1 and self._random.random() < 0.5 else int(least) + self._random.randrange(10**6)

    def _number(self, schema: dict[str, Any]) -> float:
        return self._random.uniform(schema.get("minimum", -1e6), schema.get("maximum", 1e6))

    def _null(self, _schema: dict[str, Any]) -> None:
        return None

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(WORDS, k=count))


def _coherent(record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Give the record what the models check and a JSON Schema cannot say: offsets, versions, withdrawn texts."""
    if "schema_version" in record:
        record["schema_version"] = 1
    article = record.get("article", record)
    if article.get("change") == "withdrawn":
        article["text"] = ""
    text = article.get("text")
    for entity in record.get("entities", ()):
        _stand(entity, text, chance)
    quotes = [record] if record.get("type") == "quote" or "content_spans" in record else record.get("quotes", [])
    for quote in quotes:
        quote["schema_version"] = 1
        quote["content_spans"] = [_span(text, chance) for _ in quote["content_spans"]]
        quote["context_span"] = _span(text, chance)
        for mention in filter(None, (quote.get("cue"), *quote.get("speakers", ()))):
            _stand(mention, text, chance)
    if text == "":  # no span fits into an empty text
        record |= {name: [] for name in ("entities", "quotes") if name in record}
    return record


def _span(text: str | None, chance: random.Random) -> list[int]:
    end = chance.randint(1, len(text) or 1) if text is not None else chance.randint(1, 10**6)
    return [chance.randrange(end), end]


def _stand(mention: dict[str, Any], text: str | None, chance: random.Random) -> None:
    """Move a mention to a place in the text where its text occurs."""
    if text is not None and mention.get("start") is not None and mention.get("end") is not None:
        mention["start"], mention["end"] = _span(text, chance)
        mention["text"] = text[mention["start"] : mention["end"]]
