"""The database: tables and stores on SQLite and PostGIS, with one behaviour."""
