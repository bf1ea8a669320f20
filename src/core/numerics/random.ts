/**
 * A seeded source of random numbers: xoshiro128** (Blackman & Vigna 2018), its state filled by splitmix32 from the seed
 * and the name of the stream. The same seed and stream give the same numbers on every machine.
 */
export class Random {
	/** Not four fields: those would hold their 32 bits as an object on the heap. */
	readonly #state = new Int32Array(4);
	#spare: number | undefined;

	/** `seed` is a whole number 0…2³²−1; streams with different names are independent of each other. */
	constructor(seed: number, stream = "") {
		let state = seed >>> 0;
		for (let i = 0; i < stream.length; i++) state = Math.imul(state ^ stream.charCodeAt(i), 0x01000193) >>> 0;
		const next = () => {
			state = (state + 0x9e3779b9) >>> 0;
			let z = state;
			z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
			z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
			return (z ^ (z >>> 15)) >>> 0;
		};
		for (let i = 0; i < 4; i++) this.#state[i] = next();
		if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
	}

	/** A whole number 0…2³²−1. */
	uint32(): number {
		const state = this.#state;
		const b = state[1];
		const product = Math.imul(b, 5);
		const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
		const c = state[2] ^ state[0];
		const d = state[3] ^ b;
		state[1] = b ^ c;
		state[0] ^= d;
		state[2] = c ^ (b << 9);
		state[3] = (d << 11) | (d >>> 21);
		return result;
	}

	/** Uniform in [0, 1), with 53 random bits. */
	uniform(): number {
		return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
	}

	/** Standard normal, by Marsaglia's polar method. */
	normal(): number {
		if (this.#spare !== undefined) {
			const value = this.#spare;
			this.#spare = undefined;
			return value;
		}
		for (;;) {
			const u = 2 * this.uniform() - 1;
			const v = 2 * this.uniform() - 1;
			const s = u * u + v * v;
			if (s >= 1 || s === 0) continue;
			const scale = Math.sqrt((-2 * Math.log(s)) / s);
			this.#spare = v * scale;
			return u * scale;
		}
	}

	/** Shuffles in place (Fisher–Yates). */
	shuffle(items: { length: number; [index: number]: number }): void {
		for (let i = items.length - 1; i > 0; i--) {
			const j = Math.floor(this.uniform() * (i + 1));
			const kept = items[i];
			items[i] = items[j];
			items[j] = kept;
		}
	}
}
