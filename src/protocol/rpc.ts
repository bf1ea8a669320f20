/**
 * Calls across a border that only carries messages: each side offers an object of methods and gets the other side's.
 *
 * A call is answered by a result or by a failure, never by silence: a method that throws, and one that does not exist,
 * are failures at the caller. A message of any other shape is somebody else's and is ignored.
 */

/** A way to send messages and to hear them. What is posted must be plain data. */
export interface Port {
	post(message: unknown): void;
	onMessage(listener: (message: unknown) => void): void;
}

type Message =
	| { readonly rpc: "call"; readonly id: number; readonly method: string; readonly args: unknown }
	| { readonly rpc: "result"; readonly id: number; readonly value: unknown }
	| { readonly rpc: "failure"; readonly id: number; readonly message: string };

/**
 * Offers the own methods of `local` to the other side; returns the other side's methods. A call rejects with an Error
 * that has the failure's message.
 */
export function connect<Remote extends object, Local extends object>(port: Port, local: Local): Remote {
	const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
	let lastId = 0;

	port.onMessage((received) => {
		const message = asMessage(received);
		if (!message) return;
		if (message.rpc === "call") {
			void answer(message.id, message.method, message.args);
			return;
		}
		const caller = waiting.get(message.id);
		waiting.delete(message.id);
		if (message.rpc === "result") caller?.resolve(unpack(message.value));
		else caller?.reject(new Error(message.message));
	});

	async function answer(id: number, method: string, args: unknown): Promise<void> {
		let reply: Message;
		try {
			reply = { rpc: "result", id, value: pack(await invoke(local, method, args)) };
		} catch (error) {
			reply = { rpc: "failure", id, message: error instanceof Error ? error.message : String(error) };
		}
		try {
			port.post(reply);
		} catch {
			// The other side is gone, and with it whoever waits for the answer.
		}
	}

	const call = (method: string, args: readonly unknown[]) =>
		new Promise((resolve, reject) => {
			const id = ++lastId;
			waiting.set(id, { resolve, reject });
			try {
				port.post({ rpc: "call", id, method, args: pack(args) } satisfies Message);
			} catch (error) {
				waiting.delete(id);
				reject(error);
			}
		});

	// The type says which methods there are; the proxy makes each when it is asked for. It must not look like a promise.
	return new Proxy({} as Remote, {
		get: (_, name) =>
			typeof name === "string" && name !== "then" ? (...args: unknown[]) => call(name, args) : undefined,
	});
}

async function invoke(local: object, method: string, args: unknown): Promise<unknown> {
	// Own properties alone, so that no message reaches `constructor` and its kin.
	const found: unknown = Object.hasOwn(local, method) ? (local as Record<string, unknown>)[method] : undefined;
	if (typeof found !== "function") throw new Error(`there is no method "${method}"`);
	const list: unknown = unpack(args);
	if (!Array.isArray(list)) throw new TypeError(`the arguments of "${method}" must be a list`);
	return found.apply(local, list);
}

function asMessage(received: unknown): Message | undefined {
	if (typeof received !== "object" || received === null) return undefined;
	const { rpc, id, method, message } = received as Readonly<Record<string, unknown>>;
	if (typeof id !== "number") return undefined;
	const known =
		rpc === "result" ||
		(rpc === "call" && typeof method === "string") ||
		(rpc === "failure" && typeof message === "string");
	// Each field that a kind of message has was checked above; a value may be anything.
	return known ? (received as Message) : undefined;
}

/** Marks a number that JSON cannot carry, or an object that itself has this key. */
const MARK = "$number";

/**
 * Plain data in which NaN, ±∞ and −0 survive JSON. VS Code turns messages into JSON on their way to a webview, where a
 * NaN would arrive as null, and null drawn as 0.
 */
export function pack(value: unknown): unknown {
	if (typeof value === "number") {
		if (Number.isFinite(value) && !Object.is(value, -0)) return value;
		return { [MARK]: Object.is(value, -0) ? "-0" : String(value) };
	}
	if (Array.isArray(value)) return value.map(pack);
	if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
		return value;
	}
	const packed = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pack(one)]));
	return MARK in packed ? { [MARK]: "object", value: packed } : packed;
}

/** Undoes `pack`. */
export function unpack(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(unpack);
	if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
		return value;
	}
	const fields = value as Readonly<Record<string, unknown>>;
	if (!(MARK in fields)) return unpackFields(fields);
	return fields[MARK] === "object" ? unpackFields(fields.value as typeof fields) : Number(fields[MARK]);
}

function unpackFields(fields: Readonly<Record<string, unknown>>): unknown {
	return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, unpack(one)]));
}
