"""Find articles: feeds, sitemaps, pages that link to them, and watched folders, polled on a schedule."""
