"""Search: one box over ideas, comments, answers, campaigns and people, and what looks like an idea while it is typed.

A *document* is what can be found, one row a thing, kept by triggers; a *term* is a word that somebody looks for, with
its stems in both languages and the near misses among the words of her spaces.
"""
