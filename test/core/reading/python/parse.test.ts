import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parser } from "@lezer/python";
import type { SyntaxNode } from "../../../../src/core/reading/code/node.ts";
import { parsePython } from "../../../../src/core/reading/python/parse.ts";

interface Shape {
	readonly name: string;
	readonly from: number;
	readonly to: number;
	readonly kids: readonly Shape[];
}

/** What only one of the two has: the insides of texts and signs. */
const LEAVES = /^(String|ArithOp|BitOp|LogicOp|AssignOp|At|FormatSpec)$/;
const LEFT_OUT = /^(Comment|Escape|FormatSelfDoc|FormatConversion)$/;

function shapeOf({ name, from, to, kids }: SyntaxNode): Shape {
	return { name, from, to, kids: LEAVES.test(name) ? [] : kids.map(shapeOf) };
}

/** The tree that the published grammar gives. */
function expectedShape(text: string): Shape {
	const cursor = parser.parse(text).cursor();
	const read = (): Shape => {
		const { name, from, to } = cursor;
		const kids: Shape[] = [];
		if (!LEAVES.test(name) && cursor.firstChild()) {
			do if (!LEFT_OUT.test(cursor.name)) kids.push(read());
			while (cursor.nextSibling());
			cursor.parent();
		}
		return { name, from, to, kids };
	};
	return read();
}

/** A tree in brackets: a node's name and kids, or its text where it has none. */
function written(text: string): string {
	const write = ({ name, from, to, kids }: SyntaxNode): string =>
		kids.length > 0 ? `${name}(${kids.map(write).join(" ")})` : name === "⚠" ? name : text.slice(from, to);
	return parsePython({ text }).kids.map(write).join(" ");
}

/** Every construct of the language, but for those in which the published grammar is not Python's. */
const CONSTRUCTS = String.raw`
"""A module's text."""
from __future__ import annotations
import os.path as path, sys
from . import a
from .. import (b as c, d,)
from ...e.f import *
x: int = 1; y = z = 2.5e-3; w: "text"
a, *b = c, = d[0], d[1:2, ::3, ..., None, i:=1][:]
x += 0x_ff; x **= 1_000j; x //= .5; x >>= 0b1; x @= 0o7
print(f"{x!r:>{width}.{n}} {{no}} {y=} {z:%H:%M} {d['k']}" rf'\d{x}' b"by" u'u' """long
text""")
value = a if b else c if d else lambda x, *y, z=1, **k: (yield x)
table = {**a, "k": 1, 2: [*b, c], (): {}}
sets = {1, *b}, {x for x in y}, {k: v for k, v in y if k if v}, [x async for x in y for z, in x if lambda: 1]
r = -x ** -y * ~z @ w // 3 % 2 + (a << 1 >> 2) & 3 ^ 4 | 5
t = a < b <= c != d is not e not in f in g is h or i and j == (not k) or not l == m
call(a, *b, c=d, **e)(x for x in y)(f=(z for z in w)).member[0].other()
async def f(a, /, b: int = 1, *, c, **d: str) -> None:
	async with a as b, c() as d, e:
		await f(x)
	async for x, (y, z) in await g(), h:
		yield x, y
		yield from z
		continue
	else:
		return x, *y
	global g, h
	nonlocal i
	del a, b[0], c.d
	assert a, "b"

@decorator
@other.one(1)
class C(Base, metaclass=M):

	# A comment.
	def __init__(self): pass

	@property
	def p(self):
		try: ...
		except (A, B) as e:
			raise C from e
		except* D:
			raise
		except:
			pass
		else: x
		finally:
			y

while (n := next(it)): break
if a: b
elif c:
	d
else:
	e
match (x, y):
	case 1 | -2.5 | "s" | None | True: a
	case [a, *_] as d if d > 0:
		b
	case {"k": v, k: 1, **rest}: c
	case Point(0, y=Other(z)): d
	case a.b | (b, c): d
	case _:
		e
match = match(x); match.x, match[0]; case = print
type T[A, *B, **C] = list[A]
def g[T: int](x: T): return x
class D[T]: x = 1
for i in range(3): print(i, end="")
`;

test("every construct gives the tree of the published grammar", () => {
	assert.deepEqual(shapeOf(parsePython({ text: CONSTRUCTS })), expectedShape(CONSTRUCTS));
});

test("real files give the tree of the published grammar", () => {
	let compared = 0;
	for (const folder of ["test/fixtures", "test/python", "test/corpus"]) {
		for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
			if (!file.endsWith(".py")) continue;
			const text = readFileSync(`${folder}/${file}`, "utf8");
			const expected = expectedShape(text);
			// It takes `not a and b` for `not (a and b)`, and `1.` for no number.
			if (JSON.stringify(expected).includes('"⚠"') || /\bnot\b[^\n]*\b(and|or)\b/.test(text)) continue;
			assert.deepEqual(shapeOf(parsePython({ text })), expected, file);
			compared++;
		}
	}
	assert.ok(compared > 20, `${compared} files`);
});

test("`not` binds as Python has it, and numbers may end in their point", () => {
	assert.equal(
		written("x = not a and not b == c or d"),
		"AssignStatement(x = BinaryExpression(BinaryExpression(UnaryExpression(not a) and" +
			" UnaryExpression(not BinaryExpression(b == c))) or d))",
	);
	assert.equal(
		written("f(a not\n  in b)"),
		"ExpressionStatement(CallExpression(f ArgList(( BinaryExpression(a not in b) ))))",
	);
	assert.equal(
		written("y = 1. + 2.e5j - 3."),
		"AssignStatement(y = BinaryExpression(BinaryExpression(1. + 2.e5j) - 3.))",
	);
});

test("what `with` opens may stand in brackets, one in a line", () => {
	assert.equal(
		written("with (open(a) as f,\n\tb as (g, h),\n):\n\tpass\n"),
		"WithStatement(with ( CallExpression(open ArgList(( a ))) as f , b as TupleExpression(( g , h )) , )" +
			" Body(: PassStatement(pass)))",
	);
	assert.equal(
		written("with (a or b).c() as d: pass"),
		"WithStatement(with CallExpression(MemberExpression(ParenthesizedExpression(( BinaryExpression(a or b) )) . c)" +
			" ArgList(( ))) as d Body(: PassStatement(pass)))",
	);
});

test("decorators may be any expression, and `yield` may stand alone", () => {
	assert.match(
		written("@a[0].b\ndef f():\n\tyield\n"),
		/^DecoratedStatement\(Decorator\(@ a MemberExpression\(ArrayExpression/,
	);
	assert.match(written("def f():\n\tyield\n"), /Body\(: YieldStatement\(yield\)\)/);
});

test("`match`, `case`, `type` and `print` are names wherever no statement of theirs stands", () => {
	for (const text of ["match(x)", "match[x]: int = 1", "match -x", "type(x)", "print", "print(x)", "case = 1"]) {
		assert.doesNotMatch(written(text), /⚠|MatchS|TypeDefinition|PrintS/, text);
	}
	assert.equal(written("print 'a', b"), "PrintStatement(print 'a' , b)");
});

test("a half-typed line keeps what it says, and leaves the next one alone", () => {
	const cases: readonly (readonly [string, string])[] = [
		["x = nn.\ny = 1", "AssignStatement(x = MemberExpression(nn . ⚠)) AssignStatement(y = 1)"],
		["x = f(\nreturn y", "AssignStatement(x = CallExpression(f ArgList(( ⚠))) ReturnStatement(return y)"],
		["x = f(a\ny = 1", "AssignStatement(x = CallExpression(f ArgList(( a ⚠))) AssignStatement(y = 1)"],
		[
			"x = f(a, g(b]\ny = h(c)",
			"AssignStatement(x = CallExpression(f ArgList(( a , CallExpression(g ArgList(( b ⚠ ⚠ ⚠ ⚠)) ⚠)))" +
				" AssignStatement(y = CallExpression(h ArgList(( c ))))",
		],
		["f(a\n  b)", "ExpressionStatement(CallExpression(f ArgList(( a ⚠ b ))))"],
		["f(a b)", "ExpressionStatement(CallExpression(f ArgList(( a ⚠ b ))))"],
		["f(a=)", "ExpressionStatement(CallExpression(f ArgList(( a = ⚠ ))))"],
		["def f(x)\n\treturn x", "FunctionDefinition(def f ParamList(( x )) Body(⚠ ReturnStatement(return x)))"],
		["def f(x", "FunctionDefinition(def f ParamList(( x ⚠) Body(⚠))"],
		["if x\n\ty", "IfStatement(if x Body(⚠ ExpressionStatement(y)))"],
		[
			"class A: x\n\tdef f(): y",
			"ClassDefinition(class A Body(: ExpressionStatement(x) FunctionDefinition(def f ParamList(( )) Body(: ExpressionStatement(y)))))",
		],
		["else:\n\tf(x)", "⚠(else Body(: ExpressionStatement(CallExpression(f ArgList(( x ))))))"],
		["class\nx", "ClassDefinition(class ⚠ Body(⚠)) ExpressionStatement(x)"],
		["from torch import\nx", "ImportStatement(from torch import ⚠) ExpressionStatement(x)"],
		["x = 'a\ny", "AssignStatement(x = 'a) ExpressionStatement(y)"],
		["x = f'{a\ny", "AssignStatement(x = FormatString(FormatReplacement({ a ⚠))) ExpressionStatement(y)"],
		[
			"<<<<<<< HEAD\nx\n=======",
			"ExpressionStatement(BinaryExpression(BinaryExpression(BinaryExpression(BinaryExpression(⚠ << ⚠) << ⚠) << ⚠) < HEAD)) ExpressionStatement(x)",
		],
		["exec 'x' in y", "ExpressionStatement(exec) ExpressionStatement(BinaryExpression('x' in y))"],
	];
	for (const [text, expected] of cases) {
		const got = written(text);
		assert.ok(got.startsWith(expected), `${JSON.stringify(text)}\n${got}\n${expected}`);
	}
});

test("a line that is indented by mistake is a statement of the block around it", () => {
	assert.equal(
		written("def f():\n\t\ta\n\tb\nc"),
		"FunctionDefinition(def f ParamList(( )) Body(: ExpressionStatement(a) ExpressionStatement(b))) ExpressionStatement(c)",
	);
	assert.equal(written("  a\n b\nc"), "ExpressionStatement(a) ExpressionStatement(b) ExpressionStatement(c)");
});

test("what is nested 10,000 deep is left out at some depth, and what follows is read", () => {
	const deep = 10_000;
	const nests: Record<string, string> = {
		brackets: "[".repeat(deep) + "]".repeat(deep),
		calls: "f(".repeat(deep) + ")".repeat(deep),
		"open brackets": "(".repeat(deep),
		"signs before": `${"- ".repeat(deep)}x`,
		not: `${"not ".repeat(deep)}x`,
		powers: `${"x ** ".repeat(deep)}x`,
		lambdas: `${"lambda: ".repeat(deep)}x`,
		choices: `${"a if b else ".repeat(deep)}x`,
		"format strings": `f"{`.repeat(deep),
		formats: `f"{x:${"{x:".repeat(deep)}`,
		patterns: `match x:\n  case ${"[".repeat(deep)}`,
		bodies: Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}if x:`).join("\n"),
		comprehensions: "for x in [y ".repeat(deep),
	};
	for (const [name, nest] of Object.entries(nests)) {
		const root = parsePython({ text: `x = ${nest}\ndef g(): pass\n`.replace(/^x = (match|if)/, "$1") });
		assert.equal(root.kids.at(-1)?.name, "FunctionDefinition", name);
	}
});
