import type { Activation } from "../core/activations/activation.ts";
import { catalog, findActivation } from "../core/activations/catalog.ts";
import type { LibraryEntry } from "../core/activations/libraries/entry.ts";
import { resolveName } from "../core/activations/libraries/resolve.ts";
import { activationValues, parameterSlopes } from "../core/activations/values.ts";
import {
	evaluateVector,
	findVectorActivation,
	type VectorActivation,
	vectorActivations,
} from "../core/activations/vector.ts";
import { type Dtype, dtypes, roundTo } from "../core/numerics/dtype.ts";
import { shown } from "../protocol/shown.ts";
import { onlyOne, readArguments } from "./arguments.ts";
import { type CommandIo, linesOf, Misuse } from "./io.ts";
import { numberFrom, toJson } from "./json.ts";

/** A Jacobian has as many entries as the square of this. */
const LONGEST_VECTOR = 256;

interface Request {
	readonly target: Target;
	readonly parameters: Readonly<Record<string, number>>;
	readonly dtype: Dtype;
	readonly x: readonly number[];
}

/** What a name stands for: an activation and the parameters that the name itself implies. */
type Target = (
	| { readonly kind: "elementwise"; readonly activation: Activation }
	| { readonly kind: "vector"; readonly activation: VectorActivation }
) & { readonly implied: Readonly<Record<string, number>> };

/** `evaluate ACTIVATION --at X,… [--parameters JSON] [--dtype TYPE] [--json]`, or `evaluate --batch`. */
export async function evaluateCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values: options, positionals } = readArguments(args, {
		at: { type: "string" },
		parameters: { type: "string" },
		dtype: { type: "string" },
		json: { type: "boolean" },
		batch: { type: "boolean" },
	});
	if (options.batch) {
		if (positionals.length > 0 || options.at !== undefined) {
			throw new Misuse("--batch reads its requests from standard input and takes no activation and no --at");
		}
		return evaluateBatch(io);
	}
	const name = onlyOne("activation", positionals);
	if (options.at === undefined) throw new Misuse("expected --at with one or more numbers, such as --at -1,0,2.5");
	const request = parseRequest({
		activation: name,
		dtype: options.dtype,
		x: options.at.split(","),
		parameters: options.parameters === undefined ? undefined : parsedJson(options.parameters, "--parameters"),
	});
	const result = answer(request);
	await io.write(options.json ? `${toJson(result)}\n` : table(request.x, result));
	return 0;
}

/** Answers each line of standard input with a line; a line that makes no sense gets `{"error": …}` and fails the whole. */
async function evaluateBatch(io: CommandIo): Promise<number> {
	let failed = false;
	for await (const line of linesOf(io.input)) {
		if (io.signal.aborted) return 130;
		if (line.trim() === "") continue;
		let reply: unknown;
		try {
			reply = answerLine(line);
		} catch (error) {
			if (!(error instanceof Misuse)) throw error;
			failed = true;
			reply = { error: error.message };
		}
		await io.write(`${toJson(reply)}\n`);
	}
	return failed ? 1 : 0;
}

function answerLine(line: string): unknown {
	const parsed = parsedJson(line, "the line");
	if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
		throw new Misuse(`expected an object {activation, parameters, dtype, x}, got ${shown(parsed)}`);
	}
	const known = ["activation", "parameters", "dtype", "x", "id"];
	const unknown = Object.keys(parsed).find((field) => !known.includes(field));
	if (unknown !== undefined) {
		throw new Misuse(`expected the fields activation, parameters, dtype, x and id, got ${JSON.stringify(unknown)}`);
	}
	const { id, ...request } = parsed as Record<string, unknown>;
	const result = answer(parseRequest(request));
	return id === undefined ? result : { id, ...result };
}

function answer({ target, parameters, dtype, x }: Request) {
	if (target.kind === "elementwise") {
		const values = activationValues(target.activation, parameters, x, dtype);
		const isPlain = target.activation.parameters.length === 0;
		const slopes = isPlain ? undefined : parameterSlopes(target.activation, parameters, x, dtype);
		return { ...values, ...(slopes && { parameterDerivatives: slopes }) };
	}
	if (x.length > LONGEST_VECTOR) throw new Misuse(`x must hold at most ${LONGEST_VECTOR} numbers, got ${x.length}`);
	try {
		const { value, jacobian } = evaluateVector(
			target.activation,
			x.map((one) => roundTo(one, dtype)),
		);
		const round = (numbers: readonly number[]) => numbers.map((one) => roundTo(one, dtype));
		return { value: round(value), jacobian: jacobian.map(round) };
	} catch (error) {
		if (error instanceof RangeError) throw new Misuse(error.message);
		throw error;
	}
}

/** Checks a request's shape. Every refusal names the field, what it takes and what it got. */
function parseRequest(request: Readonly<Record<string, unknown>>): Request {
	const { activation: name, parameters: given, dtype = "float64", x } = request;
	if (typeof name !== "string") throw new Misuse(`activation must be a name, got ${shown(name)}`);
	const target = targetOf(name);
	if (!dtypes.includes(dtype as Dtype))
		throw new Misuse(`dtype must be one of ${dtypes.join(", ")}, got ${shown(dtype)}`);
	if (!Array.isArray(x) || x.length === 0) throw new Misuse(`x must be a list of numbers, got ${shown(x)}`);
	const inputs = x.map((value: unknown) => {
		const number = numberFrom(value);
		if (number === undefined) {
			throw new Misuse(`x must hold numbers, "NaN", "Infinity" or "-Infinity", got ${shown(value)}`);
		}
		return number;
	});
	const parameters = { ...target.implied, ...parseParameters(given ?? {}, name, target) };
	return { target, parameters, dtype: dtype as Dtype, x: inputs };
}

function parseParameters(given: unknown, name: string, target: Target): Record<string, number> {
	if (typeof given !== "object" || given === null || Array.isArray(given)) {
		throw new Misuse(`parameters must be an object of numbers, got ${shown(given)}`);
	}
	const known = target.kind === "elementwise" ? target.activation.parameters.map((parameter) => parameter.name) : [];
	const parameters: Record<string, number> = {};
	for (const [key, value] of Object.entries(given)) {
		if (!known.includes(key)) {
			const takes = known.length === 0 ? "no parameters" : `the parameters ${known.join(", ")}`;
			throw new Misuse(`${name} takes ${takes}, got ${shown(key)}`);
		}
		if (value === null) continue; // As if it were not given.
		const number = numberFrom(value);
		if (number === undefined) throw new Misuse(`parameter ${key} must be a number, got ${shown(value)}`);
		parameters[key] = number;
	}
	return parameters;
}

/** A canonical id, an alias, or a library's dotted name with that library's defaults. */
function targetOf(name: string): Target {
	const own = targetOfId(name, {});
	if (own) return own;
	const entry = resolveName(name);
	const target = entry && targetOfId(entry.activation, impliedBy(entry));
	if (!target) throw new Misuse(`${shown(name)} is not an activation of the catalog${suggestion(name)}`);
	return target;
}

function targetOfId(id: string, implied: Readonly<Record<string, number>>): Target | undefined {
	const activation = findActivation(id);
	if (activation) return { kind: "elementwise", activation, implied };
	const vector = findVectorActivation(id);
	return vector && { kind: "vector", activation: vector, implied };
}

/** The values of canonical parameters that a library's name stands for when nothing else is written. */
function impliedBy(entry: LibraryEntry): Record<string, number> {
	const implied: Record<string, number> = {};
	for (const { canonical, default: value } of entry.parameters) {
		if (canonical !== null && typeof value === "number") implied[canonical] = value;
	}
	return { ...implied, ...entry.fixed };
}

/** "; did you mean …" for a name that is nearly one of the catalog's. */
function suggestion(name: string): string {
	const wanted = plain(name);
	const names = [...catalog, ...vectorActivations].map(({ id }) => id);
	const near = names
		.map((id) => ({ id, distance: editDistance(wanted, plain(id)) }))
		.filter(({ distance }) => distance <= Math.max(1, wanted.length / 4))
		.sort((a, b) => a.distance - b.distance)[0];
	return near ? `; did you mean "${near.id}"?` : "";
}

function plain(name: string): string {
	return name
		.slice(name.lastIndexOf(".") + 1)
		.toLowerCase()
		.replace(/[^a-z0-9]/g, "");
}

function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
		}
		row = next;
	}
	return row[b.length]!;
}

function parsedJson(text: string, what: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new Misuse(`${what} must be JSON, got ${shown(text)}`);
	}
}

function table(x: readonly number[], result: ReturnType<typeof answer>): string {
	const columns: [string, ArrayLike<number>][] =
		"jacobian" in result
			? [
					["x", x],
					["value", result.value],
				]
			: [
					["x", x],
					["value", result.value],
					["derivative", result.derivative],
					["second derivative", result.secondDerivative],
					...Object.entries(result.parameterDerivatives ?? {}).map(([name, values]): [string, Float64Array] => [
						`by ${name}`,
						values,
					]),
				];
	const cells = columns.map(([title, values]) => [title, ...Array.from(values, (value) => plainNumber(value))]);
	const rows = Math.max(...cells.map((column) => column.length));
	const widths = cells.map((column) => Math.max(...column.map((text) => text.length)));
	return Array.from(
		{ length: rows },
		(_, i) => `${cells.map((column, j) => (column[i] ?? "").padStart(widths[j]!)).join("  ")}\n`,
	).join("");
}

function plainNumber(value: number): string {
	return Object.is(value, -0) ? "-0" : String(value);
}
