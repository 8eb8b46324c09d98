"""Parse bytes into an article: text and metadata. Knows neither database nor network."""
