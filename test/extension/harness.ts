/**
 * Registers and runs the tests that need an editor. Each test file calls `test`; the entry that `run.mjs`
 * generates runs them all in order.
 * The result goes to the file named in ACTIVATION_LENS_RESULT, ending with `ended: true`.
 */
import { writeFileSync } from "node:fs";

type TestBody = () => void | Promise<void>;

const TEST_TIMEOUT_MS = 60_000;
const tests: { name: string; body: TestBody }[] = [];

/** Registers a test: `name` is a fact about the extension. */
export function test(name: string, body: TestBody): void {
	tests.push({ name, body });
}

/** Runs what was registered, one after the other; throws at the end if any failed. */
export async function runRegistered(): Promise<void> {
	const pattern = process.env.ACTIVATION_LENS_PATTERN;
	const results: { name: string; ms: number; error: string | null }[] = [];
	for (const { name, body } of tests.filter((one) => !pattern || one.name.includes(pattern))) {
		const started = Date.now();
		let error: string | null = null;
		try {
			await withTimeout(body);
		} catch (thrown) {
			error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
		}
		results.push({ name, ms: Date.now() - started, error });
		report({ ended: false, results });
	}
	report({ ended: true, results });
	const failed = results.filter((result) => result.error !== null).length;
	if (failed > 0) throw new Error(`${failed} of ${results.length} tests failed`);
}

function report(content: object): void {
	const file = process.env.ACTIVATION_LENS_RESULT;
	if (file) writeFileSync(file, JSON.stringify(content));
}

async function withTimeout(body: TestBody): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`did not end in ${TEST_TIMEOUT_MS / 1000} s`)), TEST_TIMEOUT_MS);
	});
	try {
		await Promise.race([Promise.resolve(body()), late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Waits until `condition` gives something other than undefined, null or false; throws naming `what` after `ms`. */
export async function until<T>(what: string, condition: () => T | Promise<T>, ms = 20_000): Promise<NonNullable<T>> {
	const end = Date.now() + ms;
	for (;;) {
		const value = await condition();
		if (value !== undefined && value !== null && value !== false) return value as NonNullable<T>;
		if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
