"""Labels the activations in Python files by Python's own `ast`, knowing nothing of the extension's reader.

label.py PATH… writes JSON lines {file, line, column, endColumn, activation, why}: line from 1, columns from 0 in UTF-16
units. It labels what a careful person would: library names and what is bound to them, strings by keyword, tensor methods.
It leaves out functions written by hand and what is imported from other files of the workspace.
"""

import ast
import json
import os
import re
import sys
import warnings

TORCH_MODULES = dict(
    ReLU="relu", ReLU6="relu6", LeakyReLU="leaky_relu", PReLU="prelu", RReLU="rrelu", ELU="elu", SELU="selu", CELU="celu",
    GELU="gelu", SiLU="silu", Mish="mish", Sigmoid="sigmoid", LogSigmoid="log_sigmoid", Tanh="tanh", Hardtanh="hardtanh",
    Hardsigmoid="hard_sigmoid", Hardswish="hard_swish", Hardshrink="hardshrink", Softshrink="softshrink",
    Tanhshrink="tanhshrink", Softplus="softplus", Softsign="softsign", Softmax="softmax", Softmin="softmin",
    LogSoftmax="log_softmax", Softmax2d="softmax2d", GLU="glu", Threshold="threshold", Identity="linear",
)
TORCH_FUNCTIONS = dict(
    relu="relu", relu_="relu", relu6="relu6", leaky_relu="leaky_relu", leaky_relu_="leaky_relu", prelu="prelu",
    rrelu="rrelu", rrelu_="rrelu", elu="elu", elu_="elu", selu="selu", selu_="selu", celu="celu", celu_="celu",
    gelu="gelu", silu="silu", mish="mish", sigmoid="sigmoid", logsigmoid="log_sigmoid", tanh="tanh", hardtanh="hardtanh",
    hardtanh_="hardtanh", hardsigmoid="hard_sigmoid", hardswish="hard_swish", hardshrink="hardshrink",
    softshrink="softshrink", tanhshrink="tanhshrink", softplus="softplus", softsign="softsign", softmax="softmax",
    softmin="softmin", log_softmax="log_softmax", glu="glu", threshold="threshold", gumbel_softmax="gumbel_softmax",
)
TORCH = dict(
    threshold="threshold", hardshrink="hardshrink", selu_="selu", celu_="celu", rrelu_="rrelu", relu="relu", relu_="relu", sigmoid="sigmoid", sigmoid_="sigmoid", tanh="tanh", tanh_="tanh", softmax="softmax",
    log_softmax="log_softmax", selu="selu", celu="celu", prelu="prelu", rrelu="rrelu",
)
METHODS = dict(
    relu="relu", relu_="relu", sigmoid="sigmoid", sigmoid_="sigmoid", tanh="tanh", tanh_="tanh", softmax="softmax",
    log_softmax="log_softmax",
)
JAX = dict(
    relu="relu", relu6="relu6", sigmoid="sigmoid", softplus="softplus", soft_sign="softsign", silu="silu", swish="silu",
    log_sigmoid="log_sigmoid", leaky_relu="leaky_relu", hard_sigmoid="hard_sigmoid", hard_silu="hard_swish",
    hard_swish="hard_swish", hard_tanh="hardtanh", elu="elu", celu="celu", selu="selu", gelu="gelu_tanh", glu="glu",
    softmax="softmax", log_softmax="log_softmax", mish="mish", tanh="tanh",
)
KERAS = dict(
    relu="relu_general", sigmoid="sigmoid", tanh="tanh", softmax="softmax", softplus="softplus", softsign="softsign", elu="elu",
    selu="selu", gelu="gelu", silu="silu", swish="silu", mish="mish", relu6="relu6", leaky_relu="leaky_relu",
    log_softmax="log_softmax", linear="linear", hard_sigmoid="hard_sigmoid", exponential="exponential",
    hard_silu="hard_swish", hard_swish="hard_swish", log_sigmoid="log_sigmoid", celu="celu", glu="glu",
    soft_shrink="softshrink", hard_shrink="hardshrink", tanh_shrink="tanhshrink", hard_tanh="hardtanh", sparsemax="sparsemax",
    squareplus="squareplus", sparse_plus="sparse_plus", sparse_sigmoid="sparse_sigmoid", threshold="threshold",
)
KERAS_LAYERS = dict(ReLU="relu_general", LeakyReLU="leaky_relu", PReLU="prelu", ELU="elu", Softmax="softmax")
TF_NN = dict(
    relu="relu", relu6="relu6", elu="elu", selu="selu", leaky_relu="leaky_relu", sigmoid="sigmoid", tanh="tanh",
    softmax="softmax", log_softmax="log_softmax", softplus="softplus", softsign="softsign", swish="swish_beta", silu="swish_beta",
    gelu="gelu", crelu="crelu",
)
TABLES = {
    "torch.nn": TORCH_MODULES, "torch.nn.functional": TORCH_FUNCTIONS, "torch": TORCH, "torch._C._nn": TORCH_FUNCTIONS,
    "torch.special": {"expit": "sigmoid", "softmax": "softmax", "log_softmax": "log_softmax"},
    "jax.nn": JAX, "flax.linen": JAX, "flax.nnx": JAX, "jax.numpy": {"tanh": "tanh"}, "jax.lax": {"tanh": "tanh", "logistic": "sigmoid"},
    "numpy": {"tanh": "tanh"}, "math": {"tanh": "tanh"}, "scipy.special": {"expit": "sigmoid", "softmax": "softmax", "log_softmax": "log_softmax"},
    "tensorflow.nn": TF_NN, "tensorflow": {"sigmoid": "sigmoid", "tanh": "tanh"}, "tensorflow.math": {k: k for k in ("sigmoid", "tanh", "softplus", "softsign")},
    "keras.activations": KERAS, "keras.layers": KERAS_LAYERS, "tensorflow.keras.activations": KERAS, "tensorflow.keras.layers": KERAS_LAYERS,
    "keras.ops": {**KERAS, "relu": "relu", "gelu": "gelu_tanh"}, "keras.backend": {k: KERAS[k] for k in ("relu", "sigmoid", "tanh", "softmax", "softplus", "elu")},
}
ALIASES = [(r"^tf(?=\.)", "tensorflow"), (r"^tf_keras", "tensorflow.keras"), (r"^keras\.src", "keras"), (r"^torch\.nn\.modules(\.activation)?(?=\.)", "torch.nn"),
           (r"^tensorflow\.python\.keras", "tensorflow.keras"), (r"^tensorflow\.compat\.v[12]", "tensorflow")]
PADDLE = {**TORCH_FUNCTIONS, "swish": "silu"}
TABLES["paddle.nn"] = {**TORCH_MODULES, "Silu": "silu", "Swish": "silu"}
TABLES["paddle.nn.functional"] = PADDLE
TABLES["paddle"] = {"tanh": "tanh"}
TABLES["mxnet.gluon.nn"] = dict(LeakyReLU="leaky_relu", PReLU="prelu", ELU="elu", SELU="selu", GELU="gelu", Swish="swish_beta")
TABLES["mxnet.nd"] = dict(relu="relu", sigmoid="sigmoid", tanh="tanh", softmax="softmax", log_softmax="log_softmax")
TABLES["tensorflow.keras.backend"] = TABLES["keras.backend"]
STRINGS = {**KERAS, "logistic": "sigmoid", "identity": "linear", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "quick_gelu": "quick_gelu", "relu2": "relu_squared",
           "gelu_fast": "gelu_tanh", "gelu_python": "gelu", "gelu_tanh": "gelu_tanh", "hardswish": "hard_swish", "hardsigmoid": "hard_sigmoid", "xielu": "xielu", "prelu": "prelu",
           "hard_mish": "hard_mish"}
KEYWORD = re.compile(r"^(\w+_)?(act|activation|activations|act_layer|hidden_act|act_fn|act_type|nonlinearity|activation_fn|activation_function|hidden_activation|act_func)$")


def canonical(dotted):
    for old, new in ALIASES:
        dotted = re.sub(old, new, dotted)
    module, _, leaf = dotted.rpartition(".")
    return TABLES.get(module, {}).get(leaf)


class Scope:
    def __init__(self, parent, kind):
        self.parent, self.kind, self.names, self.fields = parent, kind, {}, {}


class Labels(ast.NodeVisitor):
    """Names are looked up by scope, not by order: what is bound to several things is none."""

    def __init__(self, tree, text, file):
        self.lines, self.file, self.found = text.split("\n"), file, {}
        self.torch = bool(re.search(r"^\s*(from|import) (torch|timm|monai|kornia|pytorch_lightning)\b", text, re.M))
        self.keras = bool(re.search(r"^\s*(from|import) (tensorflow|keras|tf_keras)\b", text, re.M))
        self.keras2 = bool(re.search(r"^\s*(from|import) (tensorflow|tf_keras)\b", text, re.M))
        self.classes = []
        self.scope = Scope(None, "module")
        self.bind_all(tree, self.scope)
        self.visit_body(tree)

    def bind(self, scope, name, value):
        known = scope.names.get(name)
        scope.names[name] = value if known is None or known == value else ("none",)

    def bind_all(self, node, scope):
        """The bindings that belong to a scope, without those of scopes inside."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.bind(scope, child.name, ("own", child.name))
                continue
            if isinstance(child, ast.Lambda):
                continue
            if isinstance(child, ast.Import):
                for a in child.names:
                    self.bind(scope, a.asname or a.name.split(".")[0], ("name", a.name if a.asname else a.name.split(".")[0]))
            elif isinstance(child, ast.ImportFrom) and child.level == 0:
                for a in child.names:
                    if a.name == "*":
                        for leaf in TABLES.get(child.module, {}):
                            scope.names.setdefault(leaf, ("name", f"{child.module}.{leaf}"))
                    else:
                        self.bind(scope, a.asname or a.name, ("name", f"{child.module}.{a.name}"))
            elif isinstance(child, ast.ImportFrom):
                for a in child.names:
                    self.bind(scope, a.asname or a.name, ("relative", a.name))
            elif isinstance(child, ast.Name) and isinstance(child.ctx, (ast.Store, ast.Del)):
                self.bind(scope, child.id, ("value", id(child)))
                parent = node
                if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and parent.targets[0] is child:
                    scope.names[child.id] = ("assigned", parent.value) if scope.names[child.id][0] == "value" else ("none",)
            elif isinstance(child, ast.ExceptHandler) and child.name:
                self.bind(scope, child.name, ("none",))
            self.bind_all(child, scope)

    def lookup(self, name):
        scope, first = self.scope, True
        while scope:
            if name in scope.names and (first or scope.kind != "class"):
                return scope.names[name], scope
            scope, first = scope.parent, False
        return None, None

    def dotted(self, node):
        """The dotted library name that an expression is, by imports alone."""
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return base and f"{base}.{node.attr}"
        if isinstance(node, ast.Name):
            bound, _ = self.lookup(node.id)
            return bound[1] if bound and bound[0] == "name" else None
        return None

    def made(self, node):
        """The activation that an expression makes: an instance of a module, or a function itself."""
        if isinstance(node, ast.Call):
            dotted = self.dotted(node.func)
            leaf = dotted and dotted.rpartition(".")[2]
            if dotted and leaf[:1].isupper():
                return self.parametrised(canonical(dotted), node)
            return None
        dotted = self.dotted(node)
        return canonical(dotted) if dotted else None

    def parametrised(self, activation, call):
        if activation == "gelu":
            for k in call.keywords:
                if k.arg == "approximate":
                    if isinstance(k.value, ast.Constant):
                        return "gelu_tanh" if k.value.value in ("tanh", True) else "gelu"
        if activation == "gelu_tanh":
            if len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and call.args[1].value is False:
                return "gelu"
            for k in call.keywords:
                if k.arg == "approximate" and isinstance(k.value, ast.Constant) and k.value.value is False:
                    return "gelu"
        return activation

    def add(self, node, activation, why, start=None, end=None):
        line = node.lineno if start is None else start[0]
        row = self.lines[line - 1].encode()
        column = node.col_offset if start is None else start[1]
        finish = node.end_col_offset if end is None else end
        last = row if end is not None else self.lines[(node.end_lineno or line) - 1].encode()
        units = lambda raw, at: len(raw[:at].decode(errors="replace").encode("utf-16-le")) // 2
        self.found[(line, units(row, column))] = (units(last, finish), activation, why)

    def visit_body(self, node):
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def visit_FunctionDef(self, node):
        for d in node.decorator_list:
            if isinstance(d, ast.Call):
                self.visit_arguments(d)
        self.defaults(node.args)
        for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]:
            if a is not None and a.annotation:
                self.visit(a.annotation)
        inner = Scope(self.scope, "function")
        self.parameters(node.args, inner)
        self.bind_all(ast.Module(body=node.body, type_ignores=[]), inner)
        self.scope = inner
        for child in node.body:
            self.visit(child)
        self.scope = inner.parent

    visit_AsyncFunctionDef = visit_FunctionDef

    def parameters(self, args, scope):
        for a in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]:
            if a is not None:
                scope.names[a.arg] = ("none",)

    def visit_arguments(self, call):
        for a in call.args:
            self.visit(a)
        for k in call.keywords:
            self.visit(k.value)

    def defaults(self, args):
        positional = [*args.posonlyargs, *args.args]
        pairs = list(zip(positional[len(positional) - len(args.defaults):], args.defaults))
        pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None]
        for a, d in pairs:
            if KEYWORD.match(a.arg):
                self.string(d)
            self.visit(d)

    def visit_Lambda(self, node):
        self.defaults(node.args)
        inner = Scope(self.scope, "function")
        self.parameters(node.args, inner)
        self.scope = inner
        self.visit(node.body)
        self.scope = inner.parent

    def visit_comprehension_like(self, node):
        inner = Scope(self.scope, "function")
        for g in node.generators:
            for n in ast.walk(g.target):
                if isinstance(n, ast.Name):
                    inner.names[n.id] = ("none",)
        self.scope = inner
        self.generic_visit(node)
        self.scope = inner.parent

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_like

    def visit_ClassDef(self, node):
        for child in [*node.bases, *[k.value for k in node.keywords]]:
            self.visit(child)
        inner = Scope(self.scope, "class")
        self.bind_all(ast.Module(body=node.body, type_ignores=[]), inner)
        self.scope = inner
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                own = Scope(inner, "function")
                self.parameters(method.args, own)
                self.bind_all(ast.Module(body=method.body, type_ignores=[]), own)
                self.scope = own
                for n in ast.walk(method):
                    targets = n.targets if isinstance(n, ast.Assign) else [n.target] if isinstance(n, (ast.AugAssign, ast.AnnAssign)) else []
                    for t in [each for target in targets for each in getattr(target, "elts", [target])]:
                        if isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id == "self":
                            value = getattr(n, "value", None)
                            activation = self.made(value) if value is not None and isinstance(n, ast.Assign) and t in targets else None
                            known = inner.fields.get(t.attr, activation)
                            inner.fields[t.attr] = activation if known == activation else None
                self.scope = inner
            elif isinstance(method, ast.FunctionDef):
                inner.fields.setdefault(method.name, None)
        self.classes.append(inner)
        for child in node.body:
            if isinstance(child, (ast.Assign, ast.AnnAssign)) and child.value is not None:
                target = child.targets[0] if isinstance(child, ast.Assign) else child.target
                if isinstance(target, ast.Name) and KEYWORD.match(target.id):
                    self.string(child.value)
            self.visit(child)
        self.classes.pop()
        self.scope = inner.parent

    def string(self, node):
        # "relu" is the plain function in every library but Keras, whose function has three more parameters.
        if isinstance(node, ast.IfExp):
            self.string(node.body)
            self.string(node.orelse)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in STRINGS:
            plain = node.value == "relu" and not self.keras
            old = {"hard_sigmoid": "hard_sigmoid_keras2"} if self.keras2 else {}
            self.add(node, "relu" if plain else old.get(node.value, STRINGS[node.value]), "string")

    def visit_Dict(self, node):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and KEYWORD.match(key.value):
                self.string(value)
        self.generic_visit(node)

    def visit_Subscript(self, node):
        if isinstance(node.value, ast.Name) and node.value.id in ("ACT2FN", "ACT2CLS"):
            self.string(node.slice)
        self.generic_visit(node)

    def visit_Call(self, node):
        dotted = self.dotted(node.func) or ""
        text = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
        if not re.search(r"kaiming|calculate_gain|(^|\.)init\.", dotted + " " + text):
            for k in node.keywords:
                if k.arg and KEYWORD.match(k.arg):
                    self.string(k.value)
        name = re.sub(r"^tf\.", "tensorflow.", dotted)
        if re.search(r"keras\.(src\.)?(layers\.Activation|activations\.get)$", name) and node.args:
            self.string(node.args[0])
        if re.search(r"^(mxnet\.gluon\.nn\.Activation|keras\.activations\.get|tensorflow\.keras\.activations\.get)$", name) and node.args:
            self.string(node.args[0])
        if re.search(r"keras\.layers\.(Dense|LSTM|GRU|SimpleRNN)$", name) and len(node.args) > 1:
            self.string(node.args[1])
        if isinstance(node.func, ast.Attribute) and not self.name(node.func):
            self.method(node)
        self.generic_visit(node)

    def method(self, node):
        f = node.func
        activation = METHODS.get(f.attr)
        if not self.torch or not activation or self.dotted(f) or ((node.args or node.keywords) and "softmax" not in f.attr):
            return
        base = f.value
        if isinstance(base, ast.Name) and base.id in ("self", "cls", "super"):
            return
        if isinstance(base, ast.Name):
            bound, _ = self.lookup(base.id)
            if bound and bound[0] in ("name", "own", "relative"):
                return
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
            return
        self.add(node, activation, "method", (f.end_lineno, f.end_col_offset - len(f.attr.encode())), f.end_col_offset)

    def name(self, node):
        """Labels a name or dotted name; true if it is an activation."""
        dotted = self.dotted(node)
        activation = dotted and canonical(dotted)
        if activation:
            self.add(node, self.called(node, activation), "name")
            return True
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self" and self.classes:
            activation = self.classes[-1].fields.get(node.attr)
            if activation:
                self.add(node, activation, "instance")
                return True
        if isinstance(node, ast.Name):
            bound, scope = self.lookup(node.id)
            if bound and bound[0] == "assigned":
                inner, self.scope = self.scope, scope
                activation = self.made(bound[1])
                self.scope = inner
                if activation:
                    self.add(node, activation, "instance")
                    return True
        return False

    def called(self, node, activation):
        call = getattr(node, "call", None)
        if call is None:
            around = getattr(node, "partial", None)
            call = around if around is not None and (self.dotted(around.func) or "").endswith("partial") else None
        return self.parametrised(activation, call) if call is not None else activation

    def visit_Attribute(self, node):
        if not isinstance(node.ctx, ast.Load) or not self.name(node):
            self.generic_visit(node)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.name(node)

    def visit_Import(self, node):
        pass

    visit_ImportFrom = visit_Import


def label(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().removeprefix("\ufeff")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.func.call = node
            if node.args:
                node.args[0].partial = node
    labels = Labels(tree, text, path)
    for (line, column), (end, activation, why) in sorted(labels.found.items()):
        print(json.dumps({"file": path, "line": line, "column": column, "endColumn": end, "activation": activation, "why": why}))


def main(paths):
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(10000)
    for path in paths:
        files = [path] if os.path.isfile(path) else sorted(
            os.path.join(d, f) for d, _, names in os.walk(path) for f in names if f.endswith(".py"))
        for file in files:
            try:
                label(file)
            except (SyntaxError, UnicodeDecodeError, RecursionError) as error:
                print(f"{file}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
