"""Ways to make a stored transformer or cascade hostile: its graph, its tokenizer, its configuration, its band of doubt.

Each case takes the canary (a path that only code inside the model would create) and gives the files of a model whose
manifest vouches for them.
"""

import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from models.served_transformer import CONFIG, GRAPH, TOKENIZER, Calibrated, packed

Files = dict[str, bytes]
Case = Callable[[Path], Files]
Payload = Callable[[Path], object]
_NAN, _INF = float("nan"), float("inf")
_FLOAT, _WHOLE = TensorProto.FLOAT, TensorProto.INT64
_INPUTS = [helper.make_tensor_value_info(name, _WHOLE, ["b", "s"]) for name in ("input_ids", "attention_mask")]
_LOGITS = helper.make_tensor_value_info("logits", _FLOAT, ["b", 2])


def constant(name: str, values: object, kind: type = np.float32) -> onnx.TensorProto:
    """A tensor of the graph."""
    return numpy_helper.from_array(np.array(values, kind), name)


_WEIGHTS = constant("w", [[1.0, 2.0]])
_MEAN = [
    helper.make_node("Cast", ["input_ids"], ["f"], to=_FLOAT),
    helper.make_node("ReduceMean", ["f"], ["m"], axes=[1], keepdims=1),
]
_PRODUCT = helper.make_node("MatMul", ["m", "w"], ["logits"])


def graph(
    nodes: Sequence[onnx.NodeProto] = (*_MEAN, _PRODUCT),
    held: Sequence[onnx.TensorProto] = (_WEIGHTS,),
    *,
    inputs: Sequence[onnx.ValueInfoProto] = _INPUTS,
    outputs: Sequence[onnx.ValueInfoProto] = (_LOGITS,),
    domains: Mapping[str, int] | None = None,
    functions: Sequence[onnx.FunctionProto] = (),
) -> bytes:
    """A graph: the mean of the pieces' numbers, times two weights, unless something else is asked for."""
    opsets = [helper.make_opsetid(domain, version) for domain, version in (domains or {"": 17}).items()]
    made = helper.make_graph(list(nodes), "g", list(inputs), list(outputs), initializer=list(held))
    model = helper.make_model(made, opset_imports=opsets, functions=list(functions), ir_version=8)
    return model.SerializeToString()


def tokenizer() -> str:
    """A tokenizer of two words."""
    return str(Tokenizer(WordLevel({"[UNK]": 0, "a": 1}, unk_token="[UNK]")).to_str())


def sound() -> Files:
    """A tiny sound transformer."""
    return packed(graph(), tokenizer(), Calibrated(("concern", "loverboy"), {"concern": (1.0, 0.0)}, 0.0))


def cases(payload: Payload) -> dict[str, Case]:
    """Every case by name. `payload`: what runs when it is unpickled."""
    return {**_graphs(payload), **_reaching(), **_boundless(), **_tokenizers(payload), **_configurations(payload)}


def _file(name: str, data: Callable[[Path], bytes]) -> Case:
    return lambda canary: sound() | {name: data(canary)}


def _graph(*args: Any, **options: Any) -> Case:
    return lambda canary: sound() | {GRAPH: graph(*args, **options)}


def _graphs(payload: Payload) -> dict[str, Case]:
    text = helper.make_tensor_value_info("logits", TensorProto.STRING, ["b", 2])
    three = constant("w", [[1.0, 2.0, 3.0]])
    return {
        "graph_is_missing": lambda canary: {name: data for name, data in sound().items() if name != GRAPH},
        "graph_is_empty": _file(GRAPH, lambda canary: b""),
        "graph_is_a_pickle": _file(GRAPH, lambda canary: pickle.dumps(payload(canary))),
        "graph_is_plain_python": _file(GRAPH, lambda canary: f"import os\nos.system('touch {canary}')".encode()),
        "graph_is_cut_short": _file(GRAPH, lambda canary: graph()[:-9]),
        "graph_is_nested_without_end": _file(GRAPH, lambda canary: _nested(400)),
        "field_longer_than_the_file": _file(GRAPH, lambda canary: b"\x3a\xff\xff\xff\xff\x7f"),
        "field_of_a_number_without_end": _file(GRAPH, lambda canary: b"\x08" + b"\xff" * 40),
        "graph_without_nodes": _graph(nodes=()),
        "graph_with_a_circle": _graph(nodes=[helper.make_node("Identity", ["logits"], ["logits"])]),
        "graph_of_other_inputs": _graph(
            nodes=[helper.make_node("Cast", ["pixels"], ["logits"], to=_FLOAT)],
            inputs=[helper.make_tensor_value_info("pixels", _WHOLE, ["b", 2])],
        ),
        "graph_of_another_output": _graph(
            nodes=[*_MEAN, helper.make_node("MatMul", ["m", "w"], ["other"])],
            outputs=[helper.make_tensor_value_info("other", _FLOAT, ["b", 2])],
        ),
        "graph_that_answers_text": _graph(
            nodes=[*_MEAN, helper.make_node("MatMul", ["m", "w"], ["n"]),
                   helper.make_node("Cast", ["n"], ["logits"], to=TensorProto.STRING)],
            outputs=[text],
        ),
        "graph_that_answers_too_many": _graph(
            held=[three], outputs=[helper.make_tensor_value_info("logits", _FLOAT, ["b", 3])]
        ),
        "graph_that_answers_no_number": _graph(held=[constant("w", [[_NAN, 2.0]])]),
        "graph_that_answers_without_end": _graph(held=[constant("w", [[1.0, _INF]])]),
        "weights_of_another_shape": _graph(held=[constant("w", [1.0, 2.0, 3.0])]),
        "graph_of_the_year_3000": _graph(domains={"": 3000}),
        "division_by_nothing": _graph(
            nodes=[helper.make_node("Div", ["input_ids", "zero"], ["i"]),
                   helper.make_node("Cast", ["i"], ["f"], to=_FLOAT), _MEAN[1], _PRODUCT],
            held=[_WEIGHTS, constant("zero", [0], np.int64)],
        ),
    }  # fmt: skip


def _nested(depth: int) -> bytes:
    """Graphs within attributes of nodes of graphs."""
    inner = b""
    for _ in range(depth):
        for field in (b"\x32", b"\x2a", b"\x0a"):  # attribute.g, node.attribute, graph.node
            inner = field + _length(len(inner)) + inner
    return b"\x3a" + _length(len(inner)) + inner


def _length(number: int) -> bytes:
    found = b""
    while number > 0x7F:
        found, number = found + bytes([number & 0x7F | 0x80]), number >> 7
    return found + bytes([number])


def _elsewhere(where: str) -> onnx.TensorProto:
    tensor = onnx.TensorProto(name="w", data_type=_FLOAT, dims=[1, 2], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=where)
    return tensor


def _reaching() -> dict[str, Case]:
    """Graphs that reach for other files or for operators of others."""
    hidden = helper.make_node("Constant", [], ["w"], value=_elsewhere("/etc/passwd"))
    branch = helper.make_graph(
        [helper.make_node("Constant", [], ["out"], value=_elsewhere("/etc/passwd"))],
        "branch", [], [helper.make_tensor_value_info("out", _FLOAT, [1, 2])],
    )  # fmt: skip
    choice = helper.make_node("If", ["yes"], ["w"], then_branch=branch, else_branch=branch)
    own = helper.make_function("x", "F", ["a"], ["b"], [hidden], [helper.make_opsetid("", 17)])
    foreign = {name: helper.make_node("Run", ["m"], ["logits"], domain=name) for name in ("ai.onnx.contrib", "evil")}
    return {
        "weights_in_another_file": _graph(held=[_elsewhere("/etc/passwd")]),
        "weights_above_the_folder": _graph(held=[_elsewhere("../../../etc/passwd")]),
        "weights_on_a_device": _graph(held=[_elsewhere("/dev/zero")]),
        "weights_on_the_net": _graph(held=[_elsewhere("http://203.0.113.9/weights")]),
        "weights_hidden_in_a_node": _graph(nodes=[hidden, *_MEAN, _PRODUCT], held=[]),
        "weights_hidden_in_a_branch": _graph(
            nodes=[choice, *_MEAN, _PRODUCT], held=[constant("yes", True, np.bool_)]
        ),
        "weights_hidden_in_a_function": _graph(
            nodes=[helper.make_node("F", ["input_ids"], ["w"], domain="x"), *_MEAN, _PRODUCT],
            held=[], domains={"": 17, "com.microsoft": 1}, functions=[own],
        ),
        "python_operators": _graph(nodes=[*_MEAN, foreign["ai.onnx.contrib"]], domains={"": 17, "ai.onnx.contrib": 1}),
        "operators_of_others": _graph(nodes=[*_MEAN, foreign["evil"]], domains={"": 17, "evil": 1}),
        "operators_of_others_unsaid": _graph(nodes=[*_MEAN, foreign["evil"]]),
        "python_operator_of_the_runtime": _graph(
            nodes=[*_MEAN, helper.make_node("PythonOp", ["m"], ["logits"], domain="com.microsoft", name="os.system")],
            domains={"": 17, "com.microsoft": 1},
        ),
    }  # fmt: skip


def _boundless() -> dict[str, Case]:
    """Graphs that would never end or fill the memory."""
    body = helper.make_graph(
        [helper.make_node("Identity", [one], [other]) for one, other in (("go", "went"), ("x", "y"))],
        "body",
        [helper.make_tensor_value_info("i", _WHOLE, []), helper.make_tensor_value_info("go", TensorProto.BOOL, []),
         helper.make_tensor_value_info("x", _FLOAT, None)],
        [helper.make_tensor_value_info("went", TensorProto.BOOL, []), helper.make_tensor_value_info("y", _FLOAT, None)],
    )  # fmt: skip
    ends = [constant("trips", 2**62, np.int64), constant("yes", True, np.bool_)]
    loop = helper.make_node("Loop", ["trips", "yes", "m"], ["m2"], body=body)
    inside = helper.make_graph([loop], "inside", [], [helper.make_tensor_value_info("m2", _FLOAT, None)])
    product = helper.make_node("MatMul", ["m2", "w"], ["logits"])
    size, one = constant("size", [2**36], np.int64), constant("one", [1.0])

    def filled(*nodes: onnx.NodeProto) -> Case:
        back = [helper.make_node("ReduceMean", ["c"], ["k"], axes=[0], keepdims=0),
                helper.make_node("Add", ["m", "k"], ["m2"])]  # fmt: skip
        return _graph(nodes=[*_MEAN, *nodes, *back, product], held=[_WEIGHTS, size, one])

    return {
        "loop_without_end": _graph(nodes=[*_MEAN, loop, product], held=[_WEIGHTS, *ends]),
        "loop_without_end_in_a_branch": _graph(
            nodes=[*_MEAN, helper.make_node("If", ["yes"], ["m2"], then_branch=inside, else_branch=inside), product],
            held=[_WEIGHTS, *ends],
        ),
        "memory_of_a_constant": filled(helper.make_node("ConstantOfShape", ["size"], ["c"])),
        "memory_of_one_stretched": filled(helper.make_node("Expand", ["one", "size"], ["c"])),
        "memory_of_one_repeated": filled(helper.make_node("Tile", ["one", "size"], ["c"])),
        "memory_asked_for_late": filled(
            helper.make_node("Shape", ["input_ids"], ["shape"]),
            helper.make_node("ReduceSum", ["shape"], ["n"], keepdims=1),
            helper.make_node("Mul", ["n", "size"], ["more"]),
            helper.make_node("ConstantOfShape", ["more"], ["c"]),
        ),
    }


def _tokenizers(payload: Payload) -> dict[str, Case]:
    def written(**changed: object) -> Case:
        return _file(TOKENIZER, lambda canary: json.dumps(json.loads(tokenizer()) | changed).encode())

    gone = constant("embedding", [[1.0], [2.0]])
    return {
        "tokenizer_is_missing": lambda canary: {name: data for name, data in sound().items() if name != TOKENIZER},
        "tokenizer_is_empty": _file(TOKENIZER, lambda canary: b""),
        "tokenizer_is_a_pickle": _file(TOKENIZER, lambda canary: pickle.dumps(payload(canary))),
        "tokenizer_is_no_text": _file(TOKENIZER, lambda canary: b"\xff\xfe\xfd"),
        "tokenizer_is_cut_short": _file(TOKENIZER, lambda canary: tokenizer().encode()[:-20]),
        "tokenizer_is_nested_without_end": _file(TOKENIZER, lambda canary: b"[" * 200_000),
        "tokenizer_of_python": written(pre_tokenizer={"type": "Custom", "code": "os.system('id')"}),
        "tokenizer_of_another_kind": written(model={"type": "Pickle", "vocab": {}}),
        "tokenizer_without_a_model": written(model=None),
        "tokenizer_of_a_broken_pattern": written(pre_tokenizer={"type": "Split", "pattern": {"Regex": "(" * 50}}),
        "piece_the_graph_has_not": lambda canary: sound() | {
            TOKENIZER: json.dumps(
                json.loads(tokenizer())
                | {"model": {"type": "WordLevel", "vocab": {"a": 4_000_000, "[UNK]": 0}, "unk_token": "[UNK]"}}
            ).encode(),
            GRAPH: graph(
                nodes=[helper.make_node("Gather", ["embedding", "input_ids"], ["e"]),
                       helper.make_node("ReduceMean", ["e"], ["m"], axes=[1], keepdims=0), _PRODUCT],
                held=[_WEIGHTS, gone],
            ),
        },
    }  # fmt: skip


def _configurations(payload: Payload) -> dict[str, Case]:
    good = json.loads(sound()[CONFIG])

    def written(**changed: object) -> Case:
        return _file(CONFIG, lambda canary: json.dumps(good | changed).encode())

    return {
        "configuration_is_missing": lambda canary: {n: data for n, data in sound().items() if n != CONFIG},
        "configuration_is_a_pickle": _file(CONFIG, lambda canary: pickle.dumps(payload(canary))),
        "configuration_is_plain_python": _file(CONFIG, lambda canary: f"__import__('os').system('{canary}')".encode()),
        "configuration_is_nested_without_end": _file(CONFIG, lambda canary: b"[" * 200_000),
        "no_targets": written(targets=[]),
        "targets_without_end": written(targets=["concern"] * 50_000),
        "target_twice": written(targets=["concern", "concern"]),
        "calibration_of_no_target": written(calibrations={"concern": [1.0, 0.0], "ethnicity": [1.0, 0.0]}),
        "target_nobody_knows": written(
            targets=["concern", "ethnicity"], calibrations={"concern": [1.0, 0.0], "ethnicity": [1.0, 0.0]}
        ),
        "calibration_not_a_number": written(calibrations={"concern": [_NAN, 0.0]}),
        "calibration_of_three": written(calibrations={"concern": [1.0, 0.0, 0.0]}),
        "calibration_is_text": written(calibrations={"concern": "os.system"}),
        "prior_shift_without_end": written(prior_shift=_INF),
        "prior_shift_is_a_table": written(prior_shift={"__reduce__": "os.system"}),
    }


def cascades(cheap: Files, payload: Payload) -> dict[str, Case]:
    """Hostile cascades: the band of doubt, either model missing or spoilt. `cheap`: files of a sound linear model."""
    band = {"threshold": 0.55, "half_width": 1.0, "say": 0.5}

    def whole(doubt: bytes, careful: Files) -> Files:
        first = {f"cheap.{name}": data for name, data in cheap.items()}
        return first | {f"careful.{name}": data for name, data in careful.items()} | {"doubt.json": doubt}

    def doubting(**changed: object) -> Case:
        return lambda canary: whole(json.dumps(band | changed).encode(), sound())

    spoilt = {f"careful_{name}": made for name, made in cases(payload).items()}
    return {
        **{
            name: (lambda canary, made=made: whole(json.dumps(band).encode(), made(canary)))
            for name, made in spoilt.items()
        },
        "no_careful_model": lambda canary: whole(json.dumps(band).encode(), {}),
        "doubt_is_a_pickle": lambda canary: whole(pickle.dumps(payload(canary)), sound()),
        "doubt_is_nothing": lambda canary: whole(b"{}", sound()),
        "doubt_not_a_number": doubting(half_width=_NAN),
        "doubt_of_a_certainty": doubting(threshold=1.0),
        "doubt_below_nothing": doubting(half_width=-1.0),
        "say_of_more_than_all": doubting(say=7.0),
        "say_is_text": doubting(say="os.system"),
    }
