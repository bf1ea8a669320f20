import { unsigned, valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { type Vector, VectorCode } from "../../expression/kernel/vectorCode.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { EPSILON, type NormKind } from "../norm.ts";
import { advance, copyOf, loadSplat, loadVector, storeVector, times, timesLocal, walk } from "./loops.ts";
import { HALVES, type LayerShape, padded, UNIT } from "./products.ts";
import { accumulate, addLanes, valueNow, zeros } from "./sums.ts";

const FLOAT = 4;
const VECTOR = 16;
export type Half = (typeof HALVES)[number];

export type Norming = Exclude<NormKind, "none">;

/** How the norm of a layer lies in memory. */
export interface NormShape {
	readonly kind: Norming;
	/** Units of the layer, and bytes of a panel of them. */
	readonly width: number;
	readonly panelBytes: number;
	/** Bytes of γ and, behind them, the βs. Gradient and optimizer state follow at this distance each. */
	readonly bytes: number;
	/** From γ to what evaluation uses in a batch norm: running means and, behind them, variances. */
	readonly runningAt: number;
	/** Bytes of all that. */
	readonly learnedBytes: number;
	/** What the way back needs: normalised values by panels, then a factor for each sample or each unit. */
	readonly factorsAt: number;
	readonly keptBytes: number;
}

/** The shape of a layer's norm, with so many arrays for γ and β, and so many panels of samples at most. */
export function normShape(
	kind: Norming,
	{ outputs, outputPanel }: LayerShape,
	slots: number,
	panels: number,
): NormShape {
	const bytes = 2 * padded(outputs) * FLOAT;
	const running = kind === "batchnorm" ? bytes : 0;
	const factorsAt = panels * outputPanel;
	const factors = kind === "batchnorm" ? padded(outputs) * FLOAT : panels * UNIT;
	return {
		kind,
		width: outputs,
		panelBytes: outputPanel,
		bytes,
		runningAt: slots * bytes,
		learnedBytes: slots * bytes + running,
		factorsAt,
		keptBytes: factorsAt + factors,
	};
}

/** Bytes from a γ to the β of the same unit, and from a running mean to the variance. */
export function secondAt({ bytes }: NormShape): number {
	return bytes / 2;
}

/** Where something lies, and how many bytes it is to the next of its kind. */
export type Row = readonly [address: Local, bytes: number];

/**
 * The code of one of a norm's functions, of (values, γ, kept, presence, count, panels): what is normalised, or the gradient
 * by it, in place; the first γ; what forward keeps for the way back; and for a batch of `count` samples in so many panels
 * the address behind as many ones, where zeros begin.
 */
export class NormCode {
	readonly body: FunctionBody;
	readonly v: VectorCode;
	readonly shape: NormShape;
	readonly values: Local = 0;
	readonly gamma: Local = 1;
	readonly kept: Local = 2;
	readonly presence: Local = 3;
	readonly count: Local = 4;
	readonly #panels: Local = 5;

	private constructor(body: FunctionBody, shape: NormShape) {
		this.body = body;
		this.v = new VectorCode(body, F32);
		this.shape = shape;
	}

	/** The index of a function with that code. */
	static defined(module: WasmModule, name: string, shape: NormShape, write: (code: NormCode) => void): number {
		const type = { parameters: new Array<typeof valueType.i32>(6).fill(valueType.i32), results: [] };
		return module.defined(`${name} ${shape.width}`, type, (body) => write(new NormCode(body, shape)));
	}

	/** Where the factors lie that forward keeps. */
	factors(): Local {
		const factors = copyOf(this.body, this.kept);
		advance(this.body, factors, this.shape.factorsAt);
		return factors;
	}

	/** Does `write` for each panel, at addresses that move on. */
	eachPanel(rows: readonly Row[], write: (...at: readonly Local[]) => void): void {
		walk(this.body, (pass) => timesLocal(this.body, this.#panels, pass), rows, write);
	}

	/** Does `write` for each unit, at addresses that move on. */
	eachUnit(rows: readonly Row[], write: (...at: readonly Local[]) => void): void {
		walk(this.body, (pass) => times(this.body, this.shape.width, pass), rows, write);
	}

	load(address: Local, half: Half): Vector {
		loadVector(this.body, address, half * VECTOR);
		return this.body.keep();
	}

	store(address: Local, half: Half, vector: Vector): void {
		storeVector(this.body, address, half * VECTOR, vector);
	}

	/** One number in every lane. */
	loadNumber(address: Local, offset = 0): Vector {
		loadSplat(this.body, address, offset);
		return this.body.keep();
	}

	/** Stores the number that every lane holds. */
	storeNumber(address: Local, offset: number, vector: Vector): void {
		this.body.get(address);
		this.body.get(vector);
		this.body.simd(F32.opcodes.extractLane, 0);
		this.body.write(0x38, 2, ...unsigned(offset)); // f32.store
	}

	/** A unit's sum over all samples, in every lane, of what `term` gives of a half panel at addresses that move on. */
	sumOfUnit(rows: readonly Row[], term: (half: Half, ...at: readonly Local[]) => Vector): Vector {
		const total = zeros(this.body);
		this.eachPanel(rows, (...at) => {
			for (const half of HALVES) accumulate(this.body, total, term(half, ...at));
		});
		addLanes(this.body, total);
		this.body.simd(F32.opcodes.splat);
		return this.body.keep();
	}

	/** Each sample's mean over the units, by halves of a panel, of what `term` gives at addresses that move on. */
	meansOfSamples(rows: readonly Row[], term: (half: Half, ...at: readonly Local[]) => Vector): readonly Vector[] {
		const sums = HALVES.map(() => zeros(this.body));
		this.eachUnit(rows, (...at) => {
			for (const half of HALVES) accumulate(this.body, sums[half], term(half, ...at));
		});
		return sums.map((sum) => this.v.mul(valueNow(this.body, sum), this.v.constant(1 / this.shape.width)));
	}

	/** 1/√(variance + ε). */
	factorOf(variance: Vector): Vector {
		const { v } = this;
		return v.div(v.constant(1), v.sqrt(v.add(variance, v.constant(EPSILON))));
	}

	/** The gradients by a unit's γ and β into their slots, from the gradient by its outputs and its normalised values. */
	storeGradients(
		gradient: Local,
		normalised: Local,
		gamma: Local,
	): { readonly byGamma: Vector; readonly byBeta: Vector } {
		const { bytes, panelBytes } = this.shape;
		const rows: readonly Row[] = [
			[gradient, panelBytes],
			[normalised, panelBytes],
		];
		const byGamma = this.sumOfUnit(rows, (half, g, x) => this.v.mul(this.load(g, half), this.load(x, half)));
		const byBeta = this.sumOfUnit(rows, (half, g) => this.load(g, half));
		this.storeNumber(gamma, bytes, byGamma);
		this.storeNumber(gamma, bytes + secondAt(this.shape), byBeta);
		return { byGamma, byBeta };
	}
}
