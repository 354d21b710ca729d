"""Bias audit of a model: words of identity swapped in ads, and false alarms held side by side between languages."""
