"""Where articles are found: feeds now; sitemaps, archives and push have their place here."""
