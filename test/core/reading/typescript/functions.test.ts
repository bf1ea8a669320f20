/**
 * Random functions, in all the ways that the reader follows, are what JavaScript makes of them. `SEED=7 node test/unit.mjs
 * typescript/functions` tries others, CASES=20000 more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../../../src/core/expression/evaluate.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import { readSource } from "../../../../src/core/reading/readSource.ts";

const SEED = Number(process.env.SEED ?? 20_261_126);
const CASES = Number(process.env.CASES ?? 2000);

const INPUTS = [-7.3, -2.5, -2, -1, -0.61, -0.1, 0, 0.05, 0.25, 0.5, 0.9, 1, 1.7, 2, 3, 4.4, 6, 8.2];
const NUMBERS = ["0", "1", "2", "0.5", "3.0", "0.1", "6", ".25", "1e-3", "Math.PI", "(-2.5)"];
const FUNCTIONS = ["exp", "tanh", "sin", "abs", "atan", "cos", "sign", "expm1", "sqrt(Math.abs"];

class Writer {
	readonly #random: Random;
	#names = ["x"];
	#made = 0;

	constructor(random: Random) {
		this.#random = random;
	}

	#one<T>(...choices: readonly T[]): T {
		return choices[Math.floor(this.#random.uniform() * choices.length)]!;
	}

	#number(depth: number): string {
		const r = this.#random.uniform();
		const inner = () => this.#number(depth - 1);
		if (depth <= 0 || r < 0.25) return r < 0.17 ? this.#one(...this.#names) : this.#one(...NUMBERS);
		if (r < 0.38) return `(${inner()} ${this.#one("+", "-", "*", "/")} ${inner()})`;
		if (r < 0.5) return `${inner()} ${this.#one("+", "-", "*")} ${inner()}`;
		if (r < 0.62) {
			const name = this.#one(...FUNCTIONS);
			return `Math.${name}(${inner()})${name.includes("(") ? ")" : ""}`;
		}
		if (r < 0.7) return `Math.${this.#one("max", "min")}(${inner()}, ${inner()})`;
		if (r < 0.74) return `(${this.#one("-", "+")}(${inner()}))`;
		if (r < 0.78) return this.#one(`(${inner()}) ** 2`, `Math.pow(${inner()}, 3)`);
		if (r < 0.9) return `(${this.#condition(depth - 1)} ? ${inner()} : ${inner()})`;
		if (r < 0.94) return `((t, u = ${this.#one("2", "0.5")}) => t * u + ${this.#one("1", "3")})(${inner()})`;
		return `helper(${inner()})`;
	}

	#condition(depth: number): string {
		const r = this.#random.uniform();
		const inner = () => this.#condition(depth - 1);
		if (depth <= 0 || r < 0.5) {
			return `${this.#number(depth - 1)} ${this.#one("<", "<=", ">", ">=")} ${this.#number(depth - 1)}`;
		}
		if (r < 0.65) return `!(${inner()})`;
		if (r < 0.9) return `${inner()} ${this.#one("&&", "||")} ${inner()}`;
		return `(${inner()}) ${this.#one("&&", "||")} !(${inner()})`;
	}

	#body(indent: string, depth: number, branches: number): string {
		const known = [...this.#names];
		const lines: string[] = [];
		for (let i = Math.floor(this.#random.uniform() * 3); i > 0; i--) {
			const r = this.#random.uniform();
			const changed = this.#names.length > 1 ? this.#one(...this.#names.slice(1)) : undefined;
			if (r < 0.45) {
				const value = this.#number(depth);
				const name = `v${++this.#made}`;
				lines.push(`let ${name} = ${value};`);
				this.#names.push(name);
			} else if (r < 0.6 && changed) {
				lines.push(`${changed} ${this.#one("+=", "-=", "*=")} ${this.#number(depth - 1)};`);
			} else if (r < 0.75 && changed && branches > 0) {
				const otherwise = this.#one("", ` else ${changed} = ${this.#number(depth - 1)};`);
				lines.push(`if (${this.#condition(depth - 1)}) { ${changed} = ${this.#number(depth - 1)}; }${otherwise}`);
			} else if (branches > 0) {
				lines.push(`if (${this.#condition(depth - 1)}) {\n${this.#body(`${indent}\t`, depth - 1, 0)}\n${indent}}`);
			}
		}
		lines.push(`return ${this.#number(depth)};`);
		this.#names = known;
		return lines.map((line) => indent + line).join("\n");
	}

	function(): string {
		const helper = this.#one("t * k", "t > k ? t : k * t", "Math.tanh(t) - k", "Math.max(t, k)");
		const body = this.#body("\t", 3, 2);
		return `const helper = (t, k = ${this.#one("0.5", "2")}) => ${helper};\n${this.#one(
			`function act(x) {\n${body}\n}`,
			`const act = (x) => {\n${body}\n};`,
		)}\n`;
	}
}

test(`${CASES} random functions are what JavaScript makes of them (seed ${SEED})`, () => {
	const random = new Random(SEED);
	let [read, compared] = [0, 0];
	for (let i = 0; i < CASES; i++) {
		const code = new Writer(random).function();
		const { definitions } = readSource(code, "javascript");
		const understood = definitions.find(({ name }) => name === "act")?.understood;
		if (!understood) continue;
		read++;
		const act = new Function(`${code}return act;`)() as (x: number) => number;
		for (const x of INPUTS) {
			const [y, ...moved] = [x, x * (1 + 1e-13), x * (1 - 1e-13)].map((each) => Number(act(each)));
			if (![y, ...moved].every(Number.isFinite)) continue;
			// What rounding may make of it, as the function magnifies it.
			const within = 1e-9 * Math.max(1, Math.abs(y!)) + 1e4 * Math.max(...moved.map((each) => Math.abs(each - y!)));
			const got = evaluate(understood.activation.definition, x);
			assert.ok(Math.abs(got - y!) <= within, `at ${x} JavaScript gives ${y}, the core ${got}:\n${code}`);
			compared++;
		}
	}
	// Those that are left out are straight lines and constants.
	assert.ok(read > 0.7 * CASES, `${read} read`);
	console.log(`${read} of ${CASES} functions read, ${compared} values compared`);
});
