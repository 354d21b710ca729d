"""Phrases that native speakers write, and one matcher for all of them."""

from models.phrases.index import Index
from models.phrases.language import Phrase, PhraseError, parse_phrase
from models.phrases.matcher import Match, PhraseMatcher, match_at
from models.phrases.words import Words

__all__ = ["Index", "Match", "Phrase", "PhraseError", "PhraseMatcher", "Words", "match_at", "parse_phrase"]
