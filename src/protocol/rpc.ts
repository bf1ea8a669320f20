/**
 * Requests both ways over any pair of ports: each side offers an object of asynchronous methods and calls the other's.
 * The only transport between the editor and the page.
 */

/** One end of a channel of messages. What is posted is a text. */
export interface Port {
	post(message: string): void;
	onMessage(listener: (message: unknown) => void): void;
}

interface Request {
	readonly rpc: "request";
	readonly id: number;
	readonly method: string;
	readonly args: readonly unknown[];
}

interface Reply {
	readonly rpc: "reply";
	readonly id: number;
	readonly result?: unknown;
	/** The sentence of the error, where the method failed. */
	readonly failure?: string;
}

/** What an interface of methods must look like to be called from afar. */
type Methods<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> };

/**
 * Connects to the other side: offers it `own`, and returns its methods. A method that throws fails the caller's promise
 * with its sentence, so no caller waits for ever; one that does not exist likewise. A message that is no request or
 * reply is ignored: others may use the same channel.
 */
export function connect<Remote extends Methods<Remote>, Own extends Methods<Own>>(port: Port, own: Own): Remote {
	const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	let nextId = 1;
	port.onMessage((text) => {
		const message = decode(text);
		if (isRequest(message)) void answer(message);
		else if (isReply(message)) {
			const caller = waiting.get(message.id);
			waiting.delete(message.id);
			if (message.failure === undefined) caller?.resolve(message.result);
			else caller?.reject(new Error(message.failure));
		}
	});

	async function answer({ id, method, args }: Request): Promise<void> {
		let reply: Reply;
		try {
			const found: unknown = Object.hasOwn(own, method) ? own[method as keyof Own] : undefined;
			if (typeof found !== "function") throw new Error(`there is no method "${method}"`);
			reply = { rpc: "reply", id, result: await found.apply(own, args) };
		} catch (error) {
			reply = { rpc: "reply", id, failure: error instanceof Error ? error.message : String(error) };
		}
		port.post(encode(reply));
	}

	return new Proxy({} as Remote, {
		get: (_target, method) => {
			// A connection is no promise: awaiting it must not call a method "then".
			if (typeof method !== "string" || method === "then") return undefined;
			return (...args: unknown[]) =>
				new Promise((resolve, reject) => {
					const id = nextId++;
					waiting.set(id, { resolve, reject });
					port.post(encode({ rpc: "request", id, method, args } satisfies Request));
				});
		},
	});
}

/** JSON with the numbers that JSON lacks: a webview's own channel would turn NaN and infinities into null. */
function encode(message: Request | Reply): string {
	return JSON.stringify(message, (_key, value: unknown) =>
		typeof value === "number" && !Number.isFinite(value) ? { [NUMBER]: String(value) } : value,
	);
}

function decode(text: unknown): unknown {
	if (typeof text !== "string" || !text.startsWith('{"rpc":')) return undefined;
	return JSON.parse(text, (_key, value: unknown) =>
		typeof value === "object" && value !== null && Object.hasOwn(value, NUMBER)
			? Number((value as Record<string, unknown>)[NUMBER])
			: value,
	);
}

const NUMBER = "$number";

function isRequest(message: unknown): message is Request {
	const { rpc, id, method, args } = (message ?? {}) as Partial<Record<string, unknown>>;
	return rpc === "request" && typeof id === "number" && typeof method === "string" && Array.isArray(args);
}

function isReply(message: unknown): message is Reply {
	const { rpc, id, failure } = (message ?? {}) as Partial<Record<string, unknown>>;
	return rpc === "reply" && typeof id === "number" && (failure === undefined || typeof failure === "string");
}
