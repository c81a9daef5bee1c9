"""What Piccolo needs to know of this project: its tables, and where its migrations are."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="portal",
    migrations_folder_path=str(Path(__file__).parent.parent / "migrations"),
    table_classes=table_finder(["portal.tables"], exclude_imported=False),
)
