"""What was learned, as the `fields:` of a source file, for a person to read and keep."""

import json
from collections.abc import Mapping
from typing import Any

from crawlers.learning.facts import NAMES

_AS = {"posted_on": "date", "pay": "money"}


def propose(state: Mapping[str, Any]) -> str:
    """YAML text of `fields:` by the trusted template with the most examples; "" when nothing is learned yet.

    What the page did not state on every example is optional. The body rule takes the whole element.
    """
    trusted = [one for one in state.get("templates", []) if one["state"] == "trusted"]
    if not trusted:
        return ""
    best = max(trusted, key=lambda one: (one["examples"] + one["sampled"], one["agreed"]))
    lines = [f"# learned from {best['examples']} pages; {best['agreed']} of {best['sampled']} later checks agreed"]
    lines.append("fields:")
    for name in ("title", "body", *NAMES):
        if name not in best["chosen"]:
            continue
        selector = best["chosen"][name]
        seen, agreed, *_ = best["votes"][name][selector]
        rule = f"  {name}: {{ css: {json.dumps(selector, ensure_ascii=False)}"
        rule += f", as: {_AS[name]}" if name in _AS else ""
        rule += "" if agreed == seen and name in {"title", "body"} else ", optional: true"
        lines.append(rule + " }")
    return "\n".join(lines) + "\n"
