"""Looking after a space: who does what there, the community manager's card, what is put in the light, and figures."""
