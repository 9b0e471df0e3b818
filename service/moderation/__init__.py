"""The pages where moderators see scores, understand them and correct them.

`service.moderation.app.create_pages` makes an application of its own, mounted under /moderation on its first request:
the scoring routes know nothing of sessions, forms or the database.
"""
