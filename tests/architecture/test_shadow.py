"""What a challenger says is for data scientists: no page, queue, digest or campaign may read it."""

from zorya.settings import REPOSITORY

READERS = {
    "models/screen.py",
    "models/watch/shadow.py",
    "zorya/store/model_schema.py",
    "zorya/store/shadow_scores.py",
    "zorya/store/migrations/versions/0016_shadow_scores.py",
}


def test_only_scoring_and_its_verb_know_shadow_scores() -> None:
    rooms = ("zorya", "crawlers", "models", "labeling", "alerts", "dags", "demo")
    files = [path for room in rooms for path in (REPOSITORY / room).rglob("*.py")]
    found = {str(path.relative_to(REPOSITORY)) for path in files if "shadow_scores" in path.read_text("utf-8")}
    assert found == READERS
