"""Campaigns: ads of one advertiser, whatever the wording, language or number of ads; each tie has its reason."""
