import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../../src/cli/run.ts";

/** Runs the command line with `input` on standard input; the chunks cut lines and characters anywhere. */
async function cli(args: readonly string[], input = "") {
	const bytes = Buffer.from(input, "utf8");
	let out = "";
	let err = "";
	const code = await runCli(
		args,
		{
			input: (async function* () {
				for (let i = 0; i < bytes.length; i += 7) yield bytes.subarray(i, i + 7);
			})(),
			write: async (text) => {
				out += text;
			},
			complain: (message) => {
				err += `${message}\n`;
			},
			signal: new AbortController().signal,
		},
		() => "1.2.3",
	);
	return { code, out, err };
}

const json = async (...args: string[]) => JSON.parse((await cli([...args, "--json"])).out);

test("evaluate gives value and derivatives, correctly rounded", async () => {
	const { value, derivative, secondDerivative } = await json("evaluate", "sigmoid", "--at", "0,2.5,-1000");
	assert.deepEqual(value, [0.5, 0.9241418199787564, 0]);
	assert.deepEqual(derivative, [0.25, 0.07010371654510816, 0]);
	assert.equal(secondDerivative.length, 3);
});

test("without --json evaluate gives a table", async () => {
	const { out } = await cli(["evaluate", "relu", "--at", "-0.5,2"]);
	assert.deepEqual(out.split("\n"), [
		"   x  value  derivative  second derivative",
		"-0.5      0           0                  0",
		"   2      2           1                  0",
		"",
	]);
});

test("evaluate takes canonical ids, aliases and dotted names of libraries with their defaults", async () => {
	for (const name of ["silu", "swish", "torch.nn.SiLU", "torch.nn.functional.silu", "jax.nn.swish", "tf.nn.silu"]) {
		assert.deepEqual((await json("evaluate", name, "--at", "1")).value, [0.7310585786300049], name);
	}
	assert.deepEqual((await json("evaluate", "torch.nn.LeakyReLU", "--at", "-1")).value, [-0.01]);
	assert.deepEqual((await json("evaluate", "keras.layers.LeakyReLU", "--at", "-1")).value, [-0.3]);
});

test("the derivative by each parameter is given, and float8 is rounded by its definition", async () => {
	const elu = await json("evaluate", "elu", "--at", "-1,2", "--parameters", '{"alpha":2}');
	assert.deepEqual(elu.parameterDerivatives, { alpha: [Math.expm1(-1), 0] });
	assert.deepEqual((await json("evaluate", "silu", "--at", "3,300", "--dtype", "float8_e4m3")).value, [2.75, 288]);
	assert.deepEqual((await json("evaluate", "exponential", "--at", "12", "--dtype", "float8_e5m2")).value, ["Infinity"]);
});

test("parameters may be null, which is their default, and infinite", async () => {
	const at = ["--at", "-1"];
	assert.deepEqual(
		(await json("evaluate", "leaky_relu", ...at, "--parameters", '{"negative_slope":0.5}')).value,
		[-0.5],
	);
	assert.deepEqual(
		(await json("evaluate", "leaky_relu", ...at, "--parameters", '{"negative_slope":null}')).value,
		[-0.01],
	);
	const threshold = (value: string) =>
		json("evaluate", "softplus", "--at", "3", "--parameters", `{"threshold":${value}}`);
	assert.deepEqual((await threshold("2")).value, [3]);
	assert.deepEqual((await threshold('"Infinity"')).value, [3.0485873515737421]);
});

test("non-finite numbers are strings both ways, and −0 keeps its sign", async () => {
	const { code, out } = await cli(["evaluate", "linear", "--at", "-0,nan,inf,-Infinity", "--json"]);
	assert.equal(code, 0);
	assert.match(out, /^\{"value":\[-?0(\.0)?,"NaN","Infinity","-Infinity"\]/);
});

test("evaluate rounds to the dtype that is asked for", async () => {
	const { value } = await json("evaluate", "sigmoid", "--at", "1", "--dtype", "float32");
	assert.deepEqual(value, [Math.fround(0.7310585786300049)]);
	assert.deepEqual((await json("evaluate", "sigmoid", "--at", "1", "--dtype", "bfloat16")).value, [0.73046875]);
});

test("a vector activation gives its value and its Jacobian", async () => {
	const { value, jacobian } = await json("evaluate", "softmax", "--at", "1,2,3,4");
	// Correctly rounded from 1200-digit arithmetic.
	assert.deepEqual(value, [0.03205860328008499, 0.08714431874203257, 0.23688281808991013, 0.6439142598879724]);
	assert.equal(jacobian.length, 4);
	assert.deepEqual(
		jacobian[1],
		[-0.002793725142664097, 0.0795501864530196, -0.020642991804138047, -0.056113469506217456],
	);
	const { err, code } = await cli(["evaluate", "glu", "--at", "1,2,3"]);
	assert.equal(code, 2);
	assert.match(err, /multiple of 2, got 3/);
});

test("a batch answers line by line; a bad line gets its error, the rest goes on, and the exit code is 1", async () => {
	const lines = [
		'{"activation":"relu","x":[-1,2]}',
		'{"activation":"nope","x":[1]}',
		"not json",
		"",
		'{"activation":"relu","x":["NaN","-Infinity"],"dtype":"float16","parameters":{}}',
		'{"activation":"relu","x":[null]}',
		'{"activation":"relu","x":[1],"parameter":{}}',
		'{"activation":"leaky_relu","x":[-2],"parameters":{"negative_slope":"Infinity"},"id":7}',
	];
	const { code, out, err } = await cli(["evaluate", "--batch"], lines.join("\n"));
	assert.equal(code, 1);
	assert.equal(err, "");
	const replies = out
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.equal(replies.length, 7);
	assert.deepEqual(replies[0].value, [0, 2]);
	assert.match(replies[1].error, /"nope" is not an activation/);
	assert.match(replies[2].error, /must be JSON, got "not json"/);
	assert.deepEqual(replies[3].value, ["NaN", 0]);
	assert.match(replies[4].error, /x must hold numbers.*got null/);
	assert.match(replies[5].error, /got "parameter"/);
	assert.deepEqual([replies[6].id, replies[6].value], [7, ["-Infinity"]]);
	assert.equal((await cli(["evaluate", "--batch"], '{"activation":"relu","x":[1]}\r\n')).code, 0);
});

test("misuse is one sentence on standard error that names what was expected and found, with exit code 2", async () => {
	const cases: [string[], RegExp][] = [
		[[], /expected a command \(.*evaluate.*\), got none/],
		[["frobnicate"], /expected a command \(.*\), got "frobnicate"/],
		[["constructor"], /got "constructor"/],
		[["evaluate"], /expected one activation, got none/],
		[["evaluate", "relu"], /expected --at/],
		[["evaluate", "relu", "--at"], /--at/],
		[["evaluate", "relu", "--at", "1,two"], /got "two"/],
		[["evaluate", "relu", "--at", "1,,2"], /got ""/],
		[["evaluate", "rely", "--at", "1"], /"rely" is not an activation of the catalog; did you mean "relu"\?/],
		[["evaluate", "relu", "--at", "1", "--dtype", "int8"], /dtype must be one of float64.*got "int8"/],
		[["evaluate", "elu", "--at", "1", "--parameters", "{alpha:1}"], /--parameters must be JSON/],
		[["evaluate", "elu", "--at", "1", "--parameters", "[1]"], /parameters must be an object of numbers, got \[1\]/],
		[["evaluate", "elu", "--at", "1", "--parameters", '{"beta":1}'], /elu takes the parameters alpha, got "beta"/],
		[["evaluate", "elu", "--at", "1", "--parameters", '{"alpha":"x"}'], /parameter alpha must be a number, got "x"/],
		[["evaluate", "relu", "--frob"], /unknown option --frob/],
		[["evaluate", "--batch", "relu"], /--batch/],
		[["explain"], /expected one FILE:LINE:COLUMN, got none/],
		[["explain", "x.py"], /expected FILE:LINE:COLUMN.*got "x.py"/],
		[["explain", "no/such.py:1:0"], /no\/such.py does not exist/],
		[["explain", "test:1:0"], /test is a folder/],
		[["train"], /expected one SPEC\.json, got none/],
		[["study", "a.json", "b.json"], /expected one SPEC\.json, got a\.json b\.json/],
		[["advise", "no/such.json"], /expected a file, but no\/such\.json does not exist/],
		[["model", "package.json"], /expected a file of Python, .*got package\.json/],
		[
			["inspect", "package.json"],
			/expected a file of Python, TypeScript or JavaScript, or a notebook, got package\.json/,
		],
	];
	for (const [args, expected] of cases) {
		const { code, out, err } = await cli(args);
		assert.equal(code, 2, args.join(" "));
		assert.equal(out, "");
		assert.match(err, expected);
		assert.equal(err.trimEnd().split("\n").length, 1, err);
	}
});

test("--version and --help answer on standard output", async () => {
	assert.deepEqual(await cli(["--version"]), { code: 0, out: "1.2.3\n", err: "" });
	const { code, out } = await cli(["--help"]);
	assert.equal(code, 0);
	for (const command of ["scan", "explain", "evaluate", "study"]) assert.match(out, new RegExp(`^  ${command} `, "m"));
	assert.match((await cli(["evaluate", "--help"])).out, /--dtype/);
});
