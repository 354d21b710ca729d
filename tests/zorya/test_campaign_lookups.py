"""What is asked of campaigns for every ad reads an index on both engines, whatever the store holds."""

import pytest
from sqlalchemy import text

from zorya.store import Store


@pytest.mark.parametrize(
    "query",
    [
        "SELECT posting_id FROM campaign_keys WHERE key = 't:1:ab' ORDER BY rank, posting_id LIMIT 64",
        "SELECT posting_id FROM campaign_members WHERE campaign_id = 'c-1' ORDER BY posting_id LIMIT 1001",
        "SELECT posting_id FROM campaign_members WHERE campaign_id = 'c-1' ORDER BY added_at, posting_id LIMIT 500",
        "SELECT key, posting_id FROM campaign_keys WHERE rank = 'ab'",
        "SELECT key FROM campaign_keys WHERE posting_id = 'p-1'",
        "SELECT seq FROM campaign_proposals WHERE one_campaign = 'c-1' AND other_campaign = 'c-2'",
        "SELECT change FROM campaign_mentions WHERE campaign_id = 'c-1' ORDER BY change DESC LIMIT 200",
        "SELECT later.change FROM campaign_moves later WHERE later.posting_id = 'p-1' AND later.change > 5",
        "SELECT DISTINCT campaign_id FROM selection_backlog WHERE campaign_id > 'c-1' ORDER BY campaign_id LIMIT 500",
        "SELECT campaign_id FROM unclaimed_campaigns WHERE campaign_id IN ('c-1', 'c-2')",
        "SELECT partner, campaign_id FROM alerts WHERE campaign_id IN ('c-1', 'c-2')",
        "SELECT partner, campaign_id FROM exclusions WHERE campaign_id IN ('c-1', 'c-2')",
        "SELECT id FROM verdicts WHERE campaign_id IN ('c-1', 'c-2')",
        "SELECT campaign_id FROM campaign_portraits WHERE stale = true ORDER BY campaign_id LIMIT 500",
    ],
)
def test_every_lookup_reads_an_index(store: Store, query: str) -> None:
    with store.reading() as connection:
        if store.is_sqlite:
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan
        else:
            # Without rows every plan costs nothing: forbid the scan, and see whether one is left all the same.
            connection.execute(text("SET enable_seqscan = off"))
            plan = " ".join(row[0] for row in connection.execute(text(f"EXPLAIN {query}")))
            assert "Seq Scan" not in plan
            assert "Index" in plan
