"""What a mail says: its subject, and what its template asks for."""

from __future__ import annotations

from typing import Any

Written = tuple[str, dict[str, Any]]
