"""After an answer: what its supporters say of it, the promises that came of it and what became of them, and who goes on
with what its author withdrew."""

#: For so long what was withdrawn may be adopted.
ADOPT_DAYS = 7
