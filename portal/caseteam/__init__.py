"""Case teams: who advises the owner of a case, what the team notes for itself, and whose advice is asked."""
