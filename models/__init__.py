"""From posting to assessment: reading an ad, its indicators, its score, its campaign."""
