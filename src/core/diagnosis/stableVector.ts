import type { CodeBody } from "../expression/code/printCode.ts";

/** The namespace of each library's reductions. */
const NAMESPACES: Readonly<Record<string, string>> = { numpy: "np", jax: "jnp", torch: "torch", keras: "keras.ops" };

/**
 * A function of the whole vector without overflow: the largest element is taken off first, which changes nothing else.
 * Undefined for a library whose reductions are written in another way, or a function that is not one of these.
 */
export function stableVectorCode(activation: string, library: string, input: string): CodeBody | undefined {
	const of = NAMESPACES[library];
	if (of === undefined) return undefined;
	const local = input === "u" ? "v" : "u";
	switch (activation) {
		case "softmax":
			return {
				locals: [{ name: local, code: `${of}.exp(${input} - ${of}.max(${input}))` }],
				value: `${local} / ${of}.sum(${local})`,
			};
		case "log_softmax":
			return {
				locals: [{ name: local, code: `${input} - ${of}.max(${input})` }],
				value: `${local} - ${of}.log(${of}.sum(${of}.exp(${local})))`,
			};
		case "logsumexp":
			return {
				locals: [{ name: local, code: `${of}.max(${input})` }],
				value: `${local} + ${of}.log(${of}.sum(${of}.exp(${input} - ${local})))`,
			};
		default:
			return undefined;
	}
}

/** The body as one expression. */
export function inlined({ locals, value }: CodeBody): string {
	return locals.reduceRight((text, { name, code }) => {
		const isCall = /^[\w.]+\(.*\)$/.test(code);
		return text.replace(new RegExp(`\\b${name}\\b`, "g"), isCall ? code : `(${code})`);
	}, value);
}
