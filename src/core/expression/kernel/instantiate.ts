/** The part of WebAssembly's JavaScript interface that is used; core has no library of types that declares it. */
declare const WebAssembly: {
	readonly Module: new (bytes: Uint8Array) => object;
	readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
	validate(bytes: Uint8Array): boolean;
};

/** A module's memory and its other exports, which the caller knows the types of. Throws what WebAssembly throws. */
export function instantiate<Exports>(bytes: Uint8Array, imports: object): Exports & { readonly memory: Memory } {
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
	return exports as Exports & { readonly memory: Memory };
}

export interface Memory {
	readonly buffer: ArrayBuffer;
}

/** Whether this machine takes the module, its instructions included. */
export function isValid(bytes: Uint8Array): boolean {
	return WebAssembly.validate(bytes);
}
