"""What Plein suggests for a category; nothing of it holds before the organisation adopts it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from portal.sensitive import CATEGORIES
from portal.text.language import LANGUAGES, Reader, reading

WORDS = Path(__file__).parent / "content" / "words.toml"


def suggested(category: str) -> dict[str, str]:
    """Its names, explanations and words in both languages, by the fields of the form."""
    words = tomllib.loads(WORDS.read_text())[category]
    fields = {}
    for language in LANGUAGES:
        with reading(Reader(language)):
            fields[f"name_{language}"] = str(CATEGORIES[category].name)
            fields[f"about_{language}"] = str(CATEGORIES[category].about)
        fields[f"words_{language}"] = words[language].strip()
    return fields
