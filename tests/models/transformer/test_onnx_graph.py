"""An ONNX file that reaches for other files, or for operators that are code, is refused before it is loaded."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.classifiers.transformer.classifier import FittedTransformer
from models.onnx_graph import refuse_what_reaches_out
from models.served_transformer import open_encoder


@pytest.fixture
def model(neural: None) -> Any:
    """A graph that adds a stored number."""
    from onnx import TensorProto, helper

    stored = helper.make_tensor("stored", TensorProto.FLOAT, [1], [1.0])
    node = helper.make_node("Add", ["x", "stored"], ["y"])
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    return helper.make_model(helper.make_graph([node], "graph", value[:1], value[1:], [stored]))


def _moved_out(tensor: Any) -> None:
    from onnx.external_data_helper import set_external_data

    tensor.raw_data = b"\0\0\0\0"
    set_external_data(tensor, "/etc/hostname")


def test_a_graph_that_holds_its_own_numbers_is_accepted(model: Any) -> None:
    refuse_what_reaches_out(model.SerializeToString())


def test_what_training_exports_is_accepted(tuned: FittedTransformer) -> None:
    refuse_what_reaches_out(tuned.graph)


def test_a_stored_tensor_in_another_file_is_refused(model: Any) -> None:
    _moved_out(model.graph.initializer[0])
    with pytest.raises(ValueError, match="another file"):
        refuse_what_reaches_out(model.SerializeToString())


def test_a_tensor_in_another_file_is_found_inside_a_branch(model: Any) -> None:
    from onnx import helper

    _moved_out(model.graph.initializer[0])
    inner = helper.make_node("If", ["c"], ["z"], then_branch=model.graph, else_branch=model.graph)
    outer = helper.make_model(helper.make_graph([inner], "outer", [], []))
    with pytest.raises(ValueError, match="another file"):
        refuse_what_reaches_out(outer.SerializeToString())


def test_foreign_operators_are_refused(model: Any) -> None:
    model.opset_import.add(domain="evil.example", version=1)
    with pytest.raises(ValueError, match="evil"):
        refuse_what_reaches_out(model.SerializeToString())


def test_no_session_is_opened_on_a_graph_that_reaches_out(model: Any) -> None:
    _moved_out(model.graph.initializer[0])
    with pytest.raises(ValueError, match="another file"):
        open_encoder(model.SerializeToString(), "{}")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_to_their_end_or_refused(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        refuse_what_reaches_out(data)
