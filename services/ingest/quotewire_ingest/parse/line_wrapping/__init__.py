"""Join the lines of hard-wrapped plain text into paragraphs."""
