"""What somebody looks for: her words, and the queries that PostgreSQL makes of them."""

from __future__ import annotations

import re
import unicodedata

import msgspec

MOST_WORDS = 12
LONGEST_WORD = 40
SHORTEST_BEGINNING = 3  # letters; fewer begin half of all words
WORD = re.compile(r"[^\W_]+")
#: Nouns and verbs of one root, which both languages have and no stem brings together: declaratie, declareren, declared.
OF_ONE_ROOT = re.compile(r"(?:ge(?=.*eerd))?(.{5,}?)(?:aties?|eren|eer[dt]?|eerden?|ering(?:en)?|ations?|ating)")
APOSTROPHES = re.compile(r"['’‘`]")


def words_of(text: str) -> list[str]:
    """The words of what was typed, each once, apart in the same way as plein_words() takes texts apart."""
    plain = APOSTROPHES.sub("", unicodedata.normalize("NFC", text).lower())
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in WORD.findall(plain)))[:MOST_WORDS]


class Term(msgspec.Struct, frozen=True):
    """A word without accents, its stems in both languages, near misses and longer words that hold it. `stop`: a word
    like "the", by which nothing is found. `unknown`: nobody wrote it; the nearest is taken for what was meant."""

    word: str
    stems: list[str]
    stop: bool
    wider: list[str]
    unknown: bool = False

    @property
    def root(self) -> str:
        """What begins the verbs and the nouns of its family, where it shows."""
        family = OF_ONE_ROOT.fullmatch(self.word)
        return family[1] if family else ""

    def exact(self, weights: str = "") -> str:
        """As a query: the word, or another form of it."""
        meant = self.wider[:1] if self.unknown else []
        return _either([_lexeme(word, weights) for word in dict.fromkeys([self.word, *self.stems, *meant])])

    def wide(self, weights: str = "") -> str:
        """As a query: also what begins with it or with its root, holds it, or is nearly it."""
        begins = [word for word in (self.word, self.root) if len(word) >= SHORTEST_BEGINNING]
        wider = [*(_lexeme(word, "*" + weights) for word in begins), *(_lexeme(word, weights) for word in self.wider)]
        return _either([self.exact(weights), *wider])

    @property
    def beginnings(self) -> list[str]:
        """How words begin that are marked where the term was found; English stems say i for y."""
        stems = [stem for stem in self.stems if len(stem) >= max(SHORTEST_BEGINNING, len(self.word) - 3)]
        with_y = [stem[:-1] + "y" for stem in stems if stem.endswith("i")]
        return [word for word in dict.fromkeys([self.word, *stems, *with_y, self.root, *self.wider]) if word]


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
