"""`make mutants`: each condition of portal/access is taken out in turn, and the tests of access have to notice.

`conditions` finds the conditions in SQL, `find` all mutants, `run` tries them in copies of the tree, and
`explained.toml` says of those that no test can notice why they change no answer.
"""
