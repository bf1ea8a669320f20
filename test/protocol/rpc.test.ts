import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, type Port, pack, unpack } from "../../src/protocol/rpc.ts";

interface Left {
	add(a: number, b: number): Promise<number>;
	fail(): Promise<void>;
	echo(value: unknown): Promise<unknown>;
}
interface Right {
	double(x: number): Promise<number>;
}

/** Two ends of one line; what crosses it goes through JSON, as it does on the way to a webview. */
function line(): [Port & { hear(message: unknown): void }, Port & { hear(message: unknown): void }] {
	const end = () => {
		const listeners: ((message: unknown) => void)[] = [];
		return {
			other: undefined as unknown as { hear(message: unknown): void },
			post(message: unknown) {
				const text = JSON.stringify(message);
				queueMicrotask(() => this.other.hear(JSON.parse(text)));
			},
			onMessage: (listener: (message: unknown) => void) => void listeners.push(listener),
			hear: (message: unknown) => {
				for (const listener of listeners) listener(message);
			},
		};
	};
	const [a, b] = [end(), end()];
	a.other = b;
	b.other = a;
	return [a, b];
}

function pair() {
	const [a, b] = line();
	const left: Left = {
		add: async (x, y) => x + y,
		fail: async () => {
			throw new RangeError("points must be 2…4096, got 1");
		},
		echo: async (value) => value,
	};
	const right: Right = { double: async (x) => 2 * x };
	return { a, b, toRight: connect<Right, Left>(a, left), toLeft: connect<Left, Right>(b, right) };
}

test("both sides call each other over one line", async () => {
	const { toLeft, toRight } = pair();
	assert.deepEqual(await Promise.all([toLeft.add(2, 3), toRight.double(21), toLeft.add(0.5, 0.25)]), [5, 42, 0.75]);
});

test("a method that throws fails at the caller with the same sentence", async () => {
	await assert.rejects(pair().toLeft.fail(), { message: "points must be 2…4096, got 1" });
});

test("a method that does not exist is a failure, and so is what every object inherits", async () => {
	const { toLeft } = pair();
	const loose = toLeft as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
	for (const name of ["nothing", "constructor", "hasOwnProperty"]) {
		await assert.rejects(async () => loose[name]?.("add"), { message: `there is no method "${name}"` });
	}
});

test("messages of another shape are ignored, and calls go on", async () => {
	const { a, b, toLeft } = pair();
	for (const rubbish of [null, 1, "call", [], {}, { rpc: "call" }, { rpc: "result" }, { rpc: "other", id: 1 }]) {
		a.hear(rubbish);
		b.hear(rubbish);
	}
	b.hear({ rpc: "result", id: 99, value: 1 });
	assert.equal(await toLeft.add(1, 1), 2);
});

test("a call whose arguments are no list is answered with a failure", async () => {
	const [a, b] = line();
	connect<object, object>(a, { f: async () => 1 });
	const heard = new Promise((resolve) => b.onMessage(resolve));
	b.post({ rpc: "call", id: 7, method: "f", args: 3 });
	assert.deepEqual(await heard, { rpc: "failure", id: 7, message: 'the arguments of "f" must be a list' });
});

test("NaN, infinities and minus zero survive a line that carries JSON alone", async () => {
	const { toLeft } = pair();
	const value = {
		y: [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
		nested: { z: Number.NaN },
	};
	assert.deepEqual(await toLeft.echo(value), value);
	assert.ok(Object.is(((await toLeft.echo([-0])) as number[])[0], -0));
});

test("an object that looks like a packed number comes back as it was", () => {
	const value = { $number: "NaN", other: { $number: 1 } };
	assert.deepEqual(unpack(JSON.parse(JSON.stringify(pack(value)))), value);
});

test("awaiting the other side itself does not hang", async () => {
	const { toLeft } = pair();
	assert.equal(await toLeft, toLeft);
});

test("a line that refuses a message rejects that call", async () => {
	const remote = connect<Left, object>(
		{
			post: () => {
				throw new Error("the page is gone");
			},
			onMessage: () => {},
		},
		{},
	);
	await assert.rejects(remote.add(1, 2), { message: "the page is gone" });
});
