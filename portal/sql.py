"""How statements are put together: templates with `{}` for each value or condition; a literal brace is `{{}}`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from string import Formatter
from typing import Any

from piccolo.querystring import QueryString as PiccoloQueryString


class QueryString(PiccoloQueryString):
    """Piccolo's, but of two halves: a shape, which is the same each time that something is asked, and the values."""

    __slots__ = ("_shape", "_values")
    _shape: Shape
    _values: list[Any]

    def __init__(self, template: str, *args: Any) -> None:
        self.template = template
        within: list[Shape | None] = []
        values: list[Any] = []
        for argument in args:
            if type(argument) is QueryString:
                within.append(argument._shape)
                values += argument._values
            else:
                within.append(None)
                values.append(argument)
        self._shape = _shape(template, *within)
        self._values = values

    def compile_string(self, engine_type: str = "postgres") -> tuple[str, list[Any]]:
        """The statement with `$1`, `$2`, …, and the values for them. A list is sent once, however often it is asked
        about: an actor's spaces are, in many places."""
        values = self._values
        lists: dict[int, int] = {}
        firsts = [lists.setdefault(id(value), n) if type(value) is list else n for n, value in enumerate(values)]
        sql, sent = _sql(self._shape, tuple(firsts))
        return sql, [values[n] for n in sent]

    def known_of(self, whom: object) -> QueryString:
        """The same with the values that were not known when it was put together."""
        known = QueryString.__new__(QueryString)
        known.template, known._shape = self.template, self._shape
        known._values = [value.known(whom) if isinstance(value, Later) else value for value in self._values]
        return known

    def for_piccolo(self) -> PiccoloQueryString:
        """The same as a part of a statement that Piccolo puts together itself."""
        texts = [text.replace("{", "{{").replace("}", "}}") for text in self._shape.texts]
        return PiccoloQueryString("{}".join(texts), *self._values)


class Later:
    """A value that is known later, of whoever asks (`QueryString.known_of`). Until then it may stand in a condition;
    nothing can be decided by it."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, known: Callable[[Any], Any]) -> None:
        self.known = known

    def __bool__(self) -> bool:
        raise TypeError("nobody knows it yet")

    def __eq__(self, other: object) -> bool:
        raise TypeError("nobody knows it yet")


class Some(Later):
    """A list that is known later, and is not empty."""

    def __bool__(self) -> bool:
        return True


class Shape:
    """What is left of a statement or condition without its values: the texts between them, one more than there are
    values. It is put together once, and so is the SQL made of it; to do so for each page took a tenth of its time."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts


@lru_cache(maxsize=10_000)
def _shape(template: str, *within: Shape | None) -> Shape:
    """The shape of a template in whose places other shapes stand, or values (None). A literal brace takes none."""
    first, *rest = _taken_apart(template)
    texts = [first]
    for shape, text in zip(within, rest, strict=True):
        if shape is None:
            texts.append(text)
        else:
            texts[-1] += shape.texts[0]
            texts += shape.texts[1:]
            texts[-1] += text
    return Shape(texts)


@lru_cache(maxsize=2000)
def _sql(shape: Shape, firsts: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """The SQL of a shape, and which of its values are sent; `firsts` says for each where the same list came first."""
    sent = tuple(sorted(set(firsts)))
    first, *rest = shape.texts
    return first + "".join(f"${sent.index(n) + 1}{text}" for n, text in zip(firsts, rest, strict=True)), sent


def _taken_apart(template: str) -> list[str]:
    """The texts of a template: those before its placeholders, and the last."""
    texts = [""]
    for text, name, _, _ in Formatter().parse(template):
        texts[-1] += text
        if name is not None:
            texts.append("")
    return texts


def literally(typed: str) -> str:
    """What was typed as a part of a pattern for LIKE, in which no sign means anything else."""
    return typed.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
