"""Foreign labelled sets: every shipped mapping, every format, and what becomes of rows that cannot be read."""

import csv
import gzip
import io
import json
import sys
from types import ModuleType, SimpleNamespace

import pytest
from typer.testing import CliRunner

from labeling.imports.mapping import load_mapping, shipped
from labeling.imports.reading import LeftOut, RowReader
from labeling.imports.rows import Fault, Row, rows
from labeling.imports.stored import imported_sets
from zorya.cli import app
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError, NothingToDo, ZoryaError
from zorya.settings import load_settings
from zorya.store import audit

KEY = b"k" * 32
HEAD = "job_id,title,location,company_profile,description,requirements,benefits,fraudulent"
BREAD = "Bread, rolls and {n} cakes, from 4 a.m., paid by the hour"
GOOD = f'{{n}},Baker {{n}},"BE, VOV, Gent",We bake.,"{BREAD}",Early riser,,{{label}}'


@pytest.fixture
def emscad(tmp_path):
    """A file that looks like EMSCAD's."""
    lines = [HEAD, *(GOOD.format(n=n, label=n % 2) for n in range(1, 7))]
    path = tmp_path / "fake_job_postings.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def zorya(sqlite_settings):
    """Runs a verb on an empty house."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def _ads():
    return [ad for found in imported_sets(load_settings().imports_dir) for ad in found.ads]


def test_emscad_is_one_command(zorya, emscad):
    assert zorya("labels", "import", emscad, "--mapping", "emscad").exit_code == 0
    ads = _ads()
    assert [ad.label for ad in ads] == [VerdictLabel.OTHER_HARM, VerdictLabel.NO_CONCERN] * 3
    assert ads[0].body == "We bake.\n\nBread, rolls and 1 cakes, from 4 a.m., paid by the hour\n\nEarly riser"
    assert (ads[0].id, ads[0].destination, ads[0].language, ads[0].source) == ("emscad:1", "BE", "en", "emscad")


def test_near_duplicates_are_one_group(zorya, emscad):
    with emscad.open("a") as file:
        file.write(
            '9,Nurse,,,"Night shifts in a hospital, training is given, housing is not, ask for Mrs Invented",,,0\n'
        )
    zorya("labels", "import", emscad, "--mapping", "emscad")
    groups = {ad.id: ad.group for ad in _ads()}
    assert len({groups[f"emscad:{n}"] for n in range(1, 7)}) == 1
    assert groups["emscad:9"] not in {groups["emscad:1"]}


def test_the_same_import_again_does_nothing_and_another_file_needs_a_word(zorya, emscad):
    words = ("labels", "import", emscad, "--mapping", "emscad")
    zorya(*words)
    assert isinstance(zorya(*words).exception, NothingToDo)
    emscad.write_text(f"{HEAD}\n{GOOD.format(n=1, label=0)}\n", "utf-8")
    refused = zorya(*words)
    assert isinstance(refused.exception, DataFileError)
    assert "--replace" in str(refused.exception)
    assert len(_ads()) == 6
    assert zorya(*words, "--replace").exit_code == 0
    assert len(_ads()) == 1


def test_bad_rows_are_told_with_their_line_and_the_others_kept(zorya, emscad):
    with emscad.open("ab") as file:
        file.write(
            b"10,Text,,,,,,7\n11,,,,,,,0\n12,too,few\n13,Caf\xe9,,,Latin-1 here,,,0\n1,Other,,,Another text,,,0\n"
        )
    done = zorya("labels", "import", emscad, "--mapping", "emscad")
    assert done.exit_code == 4
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert {fault["line"] for fault in told} == {8, 9, 10, 11, 12}
    assert "label.values" in told[0]["error"]
    assert len(_ads()) == 6


def test_an_import_is_logged_and_its_licence_goes_into_the_snapshot(zorya, emscad, sqlite_store):
    zorya("labels", "import", emscad, "--mapping", "emscad")
    with sqlite_store.reading() as connection:
        assert audit.page(connection)[0]["action"] == "labels.import"
    snapshot = json.loads(zorya("labels", "export", "--json", "--without", "seed").stdout)
    assert snapshot["parts"][0]["name"] == "emscad"
    assert "University of the Aegean" in snapshot["parts"][0]["licence"]


def test_contacts_of_imported_ads_are_masked_and_kept_as_tokens(zorya, tmp_path):
    path = tmp_path / "chat.jsonl"
    path.write_text(json.dumps({"body": "Лёгкая работа, пиши в Telegram @zoria_example", "label": "spam"}), "utf-8")
    zorya("labels", "import", path, "--mapping", "telegram-spam")
    (ad,) = _ads()
    assert "zoria_example" not in ad.line()
    assert ad.contacts
    assert (ad.language, ad.kind) == ("ru", "other")


def test_a_file_without_a_usable_row_keeps_nothing(zorya, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    done = zorya("labels", "import", path, "--mapping", "emscad")
    assert isinstance(done.exception, DataFileError)
    assert "line 2" in str(done.exception)
    assert not _ads()


def test_an_altered_set_is_found_out(zorya, emscad):
    zorya("labels", "import", emscad, "--mapping", "emscad")
    path = load_settings().imports_dir / "emscad" / "ads.jsonl"
    path.write_text(path.read_text("utf-8").replace("other_harm", "no_concern"), "utf-8")
    with pytest.raises(DataFileError, match="digest"):
        _ads()


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_mapping_reads_and_is_named_after_its_file(name):
    assert load_mapping(name).name == name


def test_an_unknown_mapping_names_the_known_ones():
    with pytest.raises(ZoryaError, match="emscad"):
        load_mapping("nothing")


RECORDS = [{"id": f"{n}", "body": f"Text {n}, “quoted”", "label": "spam"} for n in (1, 2)]


def _csv_of(records):
    out = io.StringIO()
    writer = csv.DictWriter(out, RECORDS[0])
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", _csv_of(RECORDS)),
        ("a.tsv", "id\tbody\tlabel\n" + "".join(f"{r['id']}\t{r['body']}\t{r['label']}\n" for r in RECORDS)),
        ("a.jsonl", "\n".join(map(json.dumps, RECORDS))),
        ("a.json", json.dumps(RECORDS, indent=1)),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_format_gives_the_same_rows(tmp_path, name, text, packed):
    data = ("\ufeff" if name.endswith("csv") else "").encode() + text.encode()
    path = tmp_path / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)
    assert [row.values for row in rows(path)] == RECORDS


def test_parquet_is_read_by_pyarrow_where_it_is_there(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataFileError, match="pip install pyarrow"):
        list(rows(path))
    batch = SimpleNamespace(to_pylist=lambda: RECORDS)
    parquet = ModuleType("pyarrow.parquet")
    parquet.ParquetFile = lambda _: SimpleNamespace(iter_batches=lambda: [batch])  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyarrow", ModuleType("pyarrow"))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)
    assert [row.values for row in rows(path)] == RECORDS


def test_a_file_cut_off_while_it_was_fetched_gives_what_came(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    lines = "".join(json.dumps({"id": n, "body": f"{n * 7919 % 10007} words"}) + "\n" for n in range(20_000))
    data = gzip.compress(lines.encode())
    path.write_bytes(data[: len(data) // 2])
    *kept, last = rows(path)
    assert len(kept) > 100
    assert isinstance(last, Fault)
    assert "fetch it again" in last.error


def test_elements_before_a_fault_in_a_json_array_are_kept_with_their_lines(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[\n{"id": 1},\n\n7,\n{"id": 2}\n, {broken}]', "utf-8")
    found = list(rows(path))
    assert [row.line for row in found] == [2, 4, 5, 6]
    assert [isinstance(row, Fault) for row in found] == [False, True, False, True]


def _task(*annotations):
    said = [
        {
            "completed_by": {"id": 1, "email": f"{who}@example.org"},
            "was_cancelled": cancelled,
            "result": [
                {"from_name": name, "type": "choices", "value": {"choices": values}} for name, values in by.items()
            ],
        }
        for who, cancelled, by in annotations
    ]
    return Row(1, {"id": 7, "data": {"title": "Hostess", "body": "Dubai, leave tomorrow"}, "annotations": said})


def _studio(row):
    return RowReader(load_mapping("label-studio"), "mine", KEY).ad(row)


def test_label_studio_gives_label_patterns_and_a_token_of_the_annotator():
    ad = _studio(_task(("ana", False, {"label": ["concern"], "patterns": ["loverboy", "debt_bondage"]})))
    assert (ad.label, ad.patterns) == (VerdictLabel.CONCERN, ("loverboy", "debt_bondage"))
    assert ad.id == "mine:7"
    assert len(ad.analyst) == 64


def test_label_studio_follows_most_annotations_and_leaves_out_a_split_task():
    concern, lawful = {"label": ["concern"]}, {"label": ["no_concern"]}
    assert _studio(_task(("a", False, concern), ("b", False, lawful), ("c", False, lawful))).label == "no_concern"
    assert isinstance(_studio(_task(("a", False, concern), ("b", False, lawful))), LeftOut)
    assert isinstance(_studio(_task(("a", True, concern))), LeftOut)


def test_label_studio_min_export_is_told_how_to_export():
    assert "JSON-MIN" in _studio(Row(3, {"text": "x", "label": "concern"})).error
