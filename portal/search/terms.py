"""What somebody looks for: her words, and the queries that PostgreSQL makes of them."""

from __future__ import annotations

import re
import unicodedata

import msgspec

MOST_WORDS = 12
LONGEST_WORD = 40
SHORTEST_BEGINNING = 3  # letters; fewer begin half of all words
WORD = re.compile(r"[^\W_]+")
APOSTROPHES = re.compile(r"['’‘`]")


def words_of(text: str) -> list[str]:
    """The words of what was typed, each once, apart in the same way as plein_words() takes texts apart."""
    plain = APOSTROPHES.sub("", unicodedata.normalize("NFC", text).lower())
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in WORD.findall(plain)))[:MOST_WORDS]


class Term(msgspec.Struct, frozen=True):
    """A word without accents, its stems in both languages, longer words that hold it, and near misses. `stop`: a word
    like "the", by which nothing is found."""

    word: str
    stems: list[str]
    stop: bool
    wider: list[str]

    def exact(self, weights: str = "") -> str:
        """As a query: the word, or another form of it."""
        return _either([_lexeme(word, weights) for word in dict.fromkeys([self.word, *self.stems])])

    def wide(self, weights: str = "") -> str:
        """As a query: also what begins with it, holds it, or is nearly it."""
        beginning = [_lexeme(self.word, "*" + weights)] if len(self.word) >= SHORTEST_BEGINNING else []
        return _either([self.exact(weights), *beginning, *(_lexeme(word, weights) for word in self.wider)])

    @property
    def beginnings(self) -> list[str]:
        """How words begin that are marked where the term was found; English stems say i for y."""
        stems = [stem for stem in self.stems if len(stem) >= max(SHORTEST_BEGINNING, len(self.word) - 3)]
        with_y = [stem[:-1] + "y" for stem in stems if stem.endswith("i")]
        return list(dict.fromkeys([self.word, *stems, *with_y, *self.wider]))


class Query(msgspec.Struct, frozen=True):
    """All terms of a search. Where only some `weights` are named, the words stand in those parts of a document."""

    terms: list[Term]

    def all(self, weights: str = "") -> str:
        """What holds each term, in whatever form."""
        return " & ".join(term.wide(weights) for term in self.terms)

    def any(self, weights: str = "") -> str:
        """What holds at least one."""
        return " | ".join(term.wide(weights) for term in self.terms)

    def exact(self) -> str:
        """What holds one as it was typed, or another form of it."""
        return " | ".join(term.exact() for term in self.terms)

    @property
    def beginnings(self) -> list[str]:
        """How the words begin that a snippet marks."""
        return [beginning for term in self.terms for beginning in term.beginnings]


def _lexeme(word: str, marks: str) -> str:
    """A word as part of a query; letters and digits alone stay of it, so that it ends where it should."""
    plain = "".join(letter for letter in word if letter.isalnum())
    return f"'{plain}':{marks}" if marks else f"'{plain}'"


def _either(queries: list[str]) -> str:
    return f"({' | '.join(queries)})"
