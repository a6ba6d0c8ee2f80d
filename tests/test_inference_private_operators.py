"""The private parts of torch that core uses: each is named here, exists in the installed torch and takes what we give.

They are why torch has an upper bound in pyproject.toml. Before the bound is raised, these tests run with the new
version.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import torch

from core import paths

_OPERATORS = {
    "torch._foreach_add_": ("aten::_foreach_add_.Scalar(Tensor(a!)[] self, Scalar scalar) -> ()",),
    "torch._foreach_lerp_": ("aten::_foreach_lerp_.Scalar(Tensor(a!)[] self, Tensor[] tensors1, Scalar weight) -> ()",),
    "torch._fused_adamw_": (
        "aten::_fused_adamw_(Tensor(a!)[] self, Tensor(b!)[] grads, Tensor(c!)[] exp_avgs, Tensor(d!)[] exp_avg_sqs, "
        "Tensor(e!)[] max_exp_avg_sqs, Tensor[] state_steps, *, float lr, float beta1, float beta2, "
        "float weight_decay, float eps, bool amsgrad, bool maximize, Tensor? grad_scale=None, "
        "Tensor? found_inf=None) -> ()",
    ),
    "torch.ops.mkldnn._convolution_pointwise.default": (
        "mkldnn::_convolution_pointwise(Tensor X, Tensor W, Tensor? B, int[] padding, int[] stride, int[] dilation, "
        "int groups, str attr, Scalar?[] scalars, str? algorithm) -> Tensor Y",
    ),
    "torch.ops.mkldnn._reorder_convolution_weight": (
        "mkldnn::_reorder_convolution_weight(Tensor self, int[2] padding=0, int[2] stride=1, int[2] dilation=1, "
        "int groups=1, int[]? input_size=None) -> Tensor Y",
    ),
    "torch.ops.onednn.qconv_pointwise": (
        "onednn::qconv_pointwise(Tensor qx, float x_scale, int x_zero_point, Tensor qw, Tensor w_scale, "
        "Tensor w_zero_point, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups, "
        "float output_scale, int output_zero_point, ScalarType? output_dtype, str attr, Scalar?[] scalars, "
        "str? algorithm) -> Tensor",
    ),
    "torch.ops.onednn.qconv_prepack": (
        "onednn::qconv_prepack(Tensor weight, Tensor w_scales, float x_scale, int x_zp, int[] stride, int[] padding, "
        "int[] dilation, int groups, int[]? x_shape=None) -> Tensor",
    ),
}
"""Each with the schema that it is called by."""
_ATTRIBUTES = {"torch.cpu._is_vnni_supported"}
_OPTIONAL = ("mkldnn::", "onednn::")
"""Operators of builds with oneDNN; without them, or with others, `core.inference` reads in plain float32."""
_PRIVATE = re.compile(r"\._(?!_)")


def _used() -> set[str]:
    """Every dotted name under `torch` in core that is an operator or has a private part, however it is reached."""
    core = Path(paths.__file__).parent
    found: set[str] = set()
    for file in sorted(core.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            names = _imported(node) or _asked_for(node)
            if isinstance(node, ast.Attribute) and id(node) not in inner:
                names = [ast.unparse(node)]
            found.update(name for name in names if _is_private(name))
    return found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _asked_for(node: ast.AST) -> list[str]:
    """`hasattr(torch.cpu, "_name")` and `getattr` likewise."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or len(node.args) < 2:
        return []
    where, name = node.args[:2]
    if node.func.id not in ("hasattr", "getattr") or not isinstance(name, ast.Constant):
        return []
    return [f"{ast.unparse(where)}.{name.value!s}"]


def _is_private(name: str) -> bool:
    return (name.startswith("torch.ops.") and name.count(".") > 2) or (
        name.startswith("torch.") and bool(_PRIVATE.search(name))
    )


def test_core_uses_no_private_operator_but_these() -> None:
    """A new one is to be named above, with its schema."""
    assert _used() == {*_OPERATORS, *_ATTRIBUTES}


def test_every_way_to_reach_one_is_noticed() -> None:
    """By attribute, by import and by name."""
    source = "import torch._a\nfrom torch.b import _c\ntorch.ops.d.e(1)\ngetattr(torch.f, '_g')\ntorch.nn.h.__i__"
    nodes = list(ast.walk(ast.parse(source)))
    names = [name for node in nodes for name in (*_imported(node), *_asked_for(node))]
    assert [name for name in names if _is_private(name)] == ["torch._a", "torch.b._c", "torch.f._g"]
    assert _is_private("torch.ops.d.e") and not _is_private("torch.nn.h.__i__")


@pytest.mark.parametrize("name", _OPERATORS)
def test_operators_take_what_they_are_given(name: str) -> None:
    """Their schemas are to the letter those that the calls were written by."""
    schemas = _OPERATORS[name]
    operator, _ = re.split(r"[.(]", schemas[0], maxsplit=1)
    there = [str(each) for each in torch._C._jit_get_schemas_for_operator(operator)]
    if not there and operator.startswith(_OPTIONAL):
        pytest.skip(f"this torch has no {operator}")
    assert set(schemas) <= set(there)


@pytest.mark.parametrize("name", sorted(_ATTRIBUTES))
def test_attributes_are_there(name: str) -> None:
    """A function without arguments that says yes or no."""
    found: object = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    assert callable(found) and isinstance(found(), bool)
