/**
 * A seeded source of random numbers: xoshiro128** (Blackman & Vigna 2018), its state filled by splitmix32 from the seed
 * and the name of the stream. The same seed and stream give the same numbers on every machine.
 */
export class Random {
	#a: number;
	#b: number;
	#c: number;
	#d: number;
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
		[this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), next()];
		if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
	}

	/** A whole number 0…2³²−1. */
	uint32(): number {
		const product = Math.imul(this.#b, 5);
		const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
		const t = this.#b << 9;
		this.#c ^= this.#a;
		this.#d ^= this.#b;
		this.#b ^= this.#c;
		this.#a ^= this.#d;
		this.#c ^= t;
		this.#d = (this.#d << 11) | (this.#d >>> 21);
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
