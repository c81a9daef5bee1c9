"""The demo: Lowland Works, an invented public-works agency, so that a first look is a look at something."""
