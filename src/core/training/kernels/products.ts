import { unsigned, valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { VectorCode } from "../../expression/kernel/vectorCode.ts";
import { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { advance, copyOf, loadSplat, loadVector, storeVector, times, timesLocal, walk } from "./loops.ts";
import { zeros } from "./sums.ts";
import { productWithoutTiny } from "./tiny.ts";

/** Samples of a panel: two vectors of four lanes. */
export const PANEL = 8;
/** The two vectors of a unit's samples in a panel. */
export const HALVES = [0, 1] as const;
const FLOAT = 4;
/** Bytes of one unit's samples in a panel. */
export const UNIT = PANEL * FLOAT;
const VECTOR = 16;

/** How a linear layer lies in memory. Widths are padded to a multiple of 8; the padding holds zeros and stays so. */
export interface LayerShape {
	readonly inputs: number;
	readonly outputs: number;
	/** Bytes from a row of the weights to the next. */
	readonly rowBytes: number;
	/** Bytes of the weights and, behind them, the biases. Gradient and optimizer state follow at this distance each. */
	readonly tensorBytes: number;
	/** Bytes of a panel of inputs and of outputs. */
	readonly inputPanel: number;
	readonly outputPanel: number;
}

export function layerShape(inputs: number, outputs: number): LayerShape {
	const row = padded(inputs) * FLOAT;
	// Rows at a power of two from each other would fall into the same few places of the cache.
	const rowBytes = row >= 256 && row % 256 === 0 ? row + 32 : row;
	return {
		inputs,
		outputs,
		rowBytes,
		tensorBytes: outputs * rowBytes + padded(outputs) * FLOAT,
		inputPanel: padded(inputs) * UNIT,
		outputPanel: padded(outputs) * UNIT,
	};
}

export function padded(width: number): number {
	return PANEL * Math.ceil(width / PANEL);
}

/** Bytes from a layer's first weight to its first bias. */
export function biasAt({ outputs, rowBytes }: LayerShape): number {
	return outputs * rowBytes;
}

/** How products are computed on this machine. */
export interface ProductStyle {
	/** With the multiply-add of relaxed SIMD, which rounds once where the machine does. */
	readonly relaxed: boolean;
	/** Rows of a register tile; it is two vectors wide. */
	readonly tile: number;
	/** Steps in one pass of the innermost loop: over units, and over the samples of a panel. */
	readonly units: number;
	readonly samples: number;
}

/**
 * Six rows need all sixteen registers; without a fused multiply-add the products need some too. Older compilers spill
 * registers in an unrolled loop, and it is these that lack relaxed SIMD.
 */
export const styles = {
	plain: { relaxed: false, tile: 4, units: 1, samples: 1 },
	relaxed: { relaxed: true, tile: 6, units: 4, samples: 8 },
} as const satisfies Record<string, ProductStyle>;

const RELAXED_MULTIPLY_ADD = 0x105;

/** The fastest style that this machine has. */
export function bestStyle(isValid: (module: Uint8Array) => boolean): ProductStyle {
	const module = new WasmModule({}, 0);
	forwardProduct(module, styles.relaxed, layerShape(1, 1));
	return isValid(module.encode(0)) ? styles.relaxed : styles.plain;
}

const integers = (count: number) => Array.from({ length: count }, () => valueType.i32);

/**
 * Z = W·X + b as a function of (weights, X, Z, panels): [panel][outputs][8] from [panel][inputs][8]. The sums start at
 * the biases.
 */
export function forwardProduct(module: WasmModule, style: ProductStyle, shape: LayerShape): number {
	const { inputs, outputs, rowBytes, inputPanel, outputPanel } = shape;
	return module.defined(`forward ${inputs} ${outputs}`, { parameters: integers(4), results: [] }, (body) => {
		const [weights, x, z, panels] = [0, 1, 2, 3];
		const [w, bias, out] = [copyOf(body, weights), copyOf(body, weights), copyOf(body, z)];
		advance(body, bias, biasAt(shape));
		inTiles(body, outputs, style.tile, (rows) => {
			const [from, to] = [copyOf(body, x), copyOf(body, out)];
			timesLocal(body, panels, () => {
				const tile = new Tile(body, style, rows);
				tile.start((row) => loadSplat(body, bias, row * FLOAT));
				const own = apart(body, w, rowBytes, rows);
				inSteps(
					body,
					style.units,
					inputs,
					[[from, UNIT], ...own.map((row) => [row, FLOAT] as const)],
					(k, input, ...row) => {
						tile.add(
							(half) => loadVector(body, input, k * UNIT + half * VECTOR),
							(r) => loadSplat(body, row[r], k * FLOAT),
						);
					},
				);
				tile.each((sum, row, half) => storeVector(body, to, row * UNIT + half * VECTOR, sum));
				advance(body, from, inputPanel);
				advance(body, to, outputPanel);
			});
			advance(body, w, rows * rowBytes);
			advance(body, bias, rows * FLOAT);
			advance(body, out, rows * UNIT);
		});
	});
}

/**
 * dX = Wᵀ·G, times the slopes where `withSlope`, as a function of (weights, G, dX, slopes, panels):
 * [panel][inputs][8] from [panel][outputs][8].
 */
export function backwardProduct(
	module: WasmModule,
	style: ProductStyle,
	shape: LayerShape,
	withSlope: boolean,
): number {
	const { inputs, outputs, rowBytes, inputPanel, outputPanel } = shape;
	const name = `backward ${inputs} ${outputs} ${withSlope}`;
	return module.defined(name, { parameters: integers(5), results: [] }, (body) => {
		const [weights, g, dx, slopes, panels] = [0, 1, 2, 3, 4];
		const v = new VectorCode(body, F32, style.relaxed);
		const [w, out, slope] = [copyOf(body, weights), copyOf(body, dx), copyOf(body, slopes)];
		inTiles(body, inputs, style.tile, (rows) => {
			const [from, to, by] = [copyOf(body, g), copyOf(body, out), copyOf(body, slope)];
			timesLocal(body, panels, () => {
				const tile = new Tile(body, style, rows);
				tile.start();
				const own = apart(body, w, rowBytes, Math.min(style.units, outputs));
				inSteps(
					body,
					style.units,
					outputs,
					[[from, UNIT], ...own.map((k) => [k, rowBytes] as const)],
					(k, gradient, ...at) => {
						tile.add(
							(half) => loadVector(body, gradient, k * UNIT + half * VECTOR),
							(row) => loadSplat(body, at[k], row * FLOAT),
						);
					},
				);
				tile.each((sum, row, half) => {
					const offset = row * UNIT + half * VECTOR;
					if (!withSlope) return storeVector(body, to, offset, sum);
					loadVector(body, by, offset);
					storeVector(body, to, offset, productWithoutTiny(v, sum, body.keep()));
				});
				advance(body, from, outputPanel);
				advance(body, to, inputPanel);
				advance(body, by, inputPanel);
			});
			advance(body, w, rows * FLOAT);
			advance(body, out, rows * UNIT);
			advance(body, slope, rows * UNIT);
		});
	});
}

/** What becomes of a vector of a gradient: `gradient` is of the weights at the address plus `offset`. */
export type GradientUse = (v: VectorCode, gradient: Local, address: Local, offset: number) => void;

/**
 * dW = G·Xᵀ as a function of (G, strips of X, weights, panels), from [panel][outputs][8] and [strip][sample][8], strips
 * `stripBytes` apart; each vector of it is handed to `use` while it is in a register.
 */
export function weightProduct(
	module: WasmModule,
	style: ProductStyle,
	shape: LayerShape,
	stripBytes: number,
	name: string,
	use: (v: VectorCode) => GradientUse,
): number {
	const { inputs, outputs, rowBytes, outputPanel } = shape;
	return module.defined(`${name} ${inputs} ${outputs}`, { parameters: integers(4), results: [] }, (body) => {
		const [g, strips, weights, panels] = [0, 1, 2, 3];
		const v = new VectorCode(body, F32, style.relaxed);
		const useOne = use(v);
		const [from, w] = [copyOf(body, g), copyOf(body, weights)];
		inTiles(body, outputs, style.tile, (rows) => {
			const [x, to] = [copyOf(body, strips), copyOf(body, w)];
			times(body, padded(inputs) / PANEL, () => {
				const tile = new Tile(body, style, rows);
				tile.start();
				const own = apart(body, from, UNIT, rows);
				walk(
					body,
					(pass) => timesLocal(body, panels, pass),
					[[x, PANEL * UNIT], ...own.map((row) => [row, outputPanel] as const)],
					(input, ...gradients) => {
						inSteps(
							body,
							style.samples,
							PANEL,
							[[input, UNIT], ...gradients.map((row) => [row, FLOAT] as const)],
							(sample, one, ...row) => {
								tile.add(
									(half) => loadVector(body, one, sample * UNIT + half * VECTOR),
									(r) => loadSplat(body, row[r], sample * FLOAT),
								);
							},
						);
					},
				);
				tile.each((sum, row, half) => useOne(v, sum, to, row * rowBytes + half * VECTOR));
				advance(body, x, stripBytes);
				advance(body, to, PANEL * FLOAT);
			});
			advance(body, from, rows * UNIT);
			advance(body, w, rows * rowBytes);
		});
		biasGradients(body, v, useOne, shape, { g, weights, panels });
	});
}

/** Four biases at a time: the sums of their gradients over all samples. */
function biasGradients(
	body: FunctionBody,
	v: VectorCode,
	use: GradientUse,
	shape: LayerShape,
	{ g, weights, panels }: { readonly g: Local; readonly weights: Local; readonly panels: Local },
): void {
	const [from, to] = [copyOf(body, g), copyOf(body, weights)];
	advance(body, to, biasAt(shape));
	times(body, padded(shape.outputs) / 4, () => {
		const sums = Array.from({ length: 4 }, () => zeros(body));
		const gradient = copyOf(body, from);
		timesLocal(body, panels, () => {
			sums.forEach((sum, unit) => {
				body.get(sum);
				for (const half of HALVES) {
					loadVector(body, gradient, unit * UNIT + half * VECTOR);
					body.simd(F32.opcodes.add);
				}
				body.set(sum);
			});
			advance(body, gradient, shape.outputPanel);
		});
		const columns = transposedOf(body, sums);
		const total = columns.map((one) => one).reduce((a, b) => v.add(a, b));
		use(v, total, to, 0);
		advance(body, from, 4 * UNIT);
		advance(body, to, VECTOR);
	});
}

const SHUFFLE = 0x0d;
const lanes = (...order: readonly number[]) => order.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
const LOW_PAIRS = lanes(0, 4, 1, 5);
const HIGH_PAIRS = lanes(2, 6, 3, 7);
const FIRST_HALVES = lanes(0, 1, 4, 5);
const SECOND_HALVES = lanes(2, 3, 6, 7);

/** Four vectors as the four columns of the square that they are the rows of. */
export function transposedOf(body: FunctionBody, [a, b, c, d]: readonly Local[]): Local[] {
	const shuffled = (p: Local, q: Local, order: readonly number[]) => {
		body.get(p);
		body.get(q);
		body.simd(SHUFFLE, ...order);
		return body.keep();
	};
	const [ab, cd] = [shuffled(a, b, LOW_PAIRS), shuffled(c, d, LOW_PAIRS)];
	const [abHigh, cdHigh] = [shuffled(a, b, HIGH_PAIRS), shuffled(c, d, HIGH_PAIRS)];
	return [
		shuffled(ab, cd, FIRST_HALVES),
		shuffled(ab, cd, SECOND_HALVES),
		shuffled(abHigh, cdHigh, FIRST_HALVES),
		shuffled(abHigh, cdHigh, SECOND_HALVES),
	];
}

/** Code for full tiles of rows in a loop, and for what is left over. */
function inTiles(body: FunctionBody, rows: number, tile: number, write: (rows: number) => void): void {
	times(body, Math.floor(rows / tile), () => write(tile));
	if (rows % tile > 0) write(rows % tile);
}

/** Addresses of `count` rows, so many bytes apart. */
function apart(body: FunctionBody, first: Local, bytes: number, count: number): Local[] {
	return Array.from({ length: count }, (_, row) => {
		const address = copyOf(body, first);
		advance(body, address, row * bytes);
		return address;
	});
}

/**
 * `count` steps, some in each pass of a loop, at copies of addresses that move on by so many bytes a step: a step's are its
 * index in the pass times as many from them. V8 computes an address from each offset but 0, so rows have addresses of their
 * own where the offsets are then the same.
 */
function inSteps(
	body: FunctionBody,
	inPass: number,
	count: number,
	rows: readonly (readonly [address: Local, bytes: number])[],
	step: (index: number, ...at: readonly Local[]) => void,
): void {
	const steps = (many: number, at: readonly Local[]) => {
		for (let k = 0; k < many; k++) step(k, ...at);
	};
	if (count <= inPass) {
		const at = rows.map(([address]) => address);
		steps(count, at);
		return;
	}
	// Moved on before the steps: V8 cuts a variable of the loop to 32 bits first, a sum just computed it does not.
	const at = rows.map(([address, bytes]) => {
		const copy = copyOf(body, address);
		advance(body, copy, -inPass * bytes);
		return copy;
	});
	const pass = (many: number) => {
		for (const [i, [, bytes]] of rows.entries()) advance(body, at[i], inPass * bytes);
		steps(many, at);
	};
	times(body, Math.floor(count / inPass), () => pass(inPass));
	if (count % inPass > 0) pass(count % inPass);
}

/** Sums in registers: some rows by two vectors. */
class Tile {
	readonly #body: FunctionBody;
	readonly #style: ProductStyle;
	readonly #rows: number;
	readonly #sums: readonly Local[];

	constructor(body: FunctionBody, style: ProductStyle, rows: number) {
		this.#body = body;
		this.#style = style;
		this.#rows = rows;
		this.#sums = Array.from({ length: 2 * rows }, () => body.local(valueType.v128));
	}

	/** All sums at 0, or at what `first` leaves on the stack. */
	start(first?: (row: number) => void): void {
		for (let row = 0; row < this.#rows; row++) {
			if (first) first(row);
			else this.#body.simd(0x0c, ...new Array<number>(16).fill(0)); // v128.const
			this.#body.write(0x22, ...unsigned(this.#sums[2 * row])); // local.tee
			this.#body.set(this.#sums[2 * row + 1]);
		}
	}

	/** Adds to each sum the product of its row's factor and its half's. */
	add(half: (half: number) => void, row: (row: number) => void): void {
		const body = this.#body;
		const halves = HALVES.map((one) => {
			half(one);
			return body.keep();
		});
		for (let r = 0; r < this.#rows; r++) {
			row(r);
			const factor = body.keep();
			for (const [h, vector] of halves.entries()) {
				const sum = this.#sums[2 * r + h];
				if (this.#style.relaxed) {
					body.get(factor);
					body.get(vector);
					body.get(sum);
					body.simd(RELAXED_MULTIPLY_ADD);
				} else {
					body.get(sum);
					body.get(factor);
					body.get(vector);
					body.simd(F32.opcodes.mul);
					body.simd(F32.opcodes.add);
				}
				body.set(sum);
			}
		}
	}

	each(use: (sum: Local, row: number, half: number) => void): void {
		for (const [i, sum] of this.#sums.entries()) use(sum, i >> 1, i & 1);
	}
}
