"""The local phone behind `bot.channels.web`: its page, what it remembers, and the small server between the two."""
