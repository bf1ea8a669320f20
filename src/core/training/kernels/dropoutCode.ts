import { valueType } from "../../expression/kernel/encoding.ts";
import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { type Vector, VectorCode } from "../../expression/kernel/vectorCode.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import { dropBelow, hash } from "../dropout.ts";
import { loadSplat, loadVector, storeVector, times, timesLocal, walk } from "./loops.ts";
import { type LayerShape, PANEL, UNIT } from "./products.ts";
import { valueNow } from "./sums.ts";

const VECTOR = 16;
const LANES = VECTOR / 4;
const { i32 } = valueType;

/** Bytes of the keys of a layer's choice at a step: two integers. */
export const KEYS_BYTES = 8;

/**
 * Drops values of a layer and, for the way back, their slopes and the `trained` derivatives by parameters behind them, as
 * a function of (values, slopes, keys, panels): the reference's choice, see `hash`, four samples at a time.
 */
export function drop(
	module: WasmModule,
	{ outputs, outputPanel }: LayerShape,
	p: number,
	slopeBytes: number,
	trained: number,
): number {
	return module.defined(`dropout ${outputs}`, { parameters: [i32, i32, i32, i32], results: [] }, (body) => {
		const [values, slopes, keys, panels] = [0, 1, 2, 3];
		const v = new VectorCode(body, F32);
		const number = (value: number) => v.bits(BigInt(value >>> 0));
		/** By how much what is hashed grows over so many values. */
		const ahead = (count: number) => Math.imul(count, hash.step);
		const [first, second] = [0, 4].map((offset) => {
			loadSplat(body, keys, offset);
			return body.keep();
		}) as [Vector, Vector];
		// Loaded before the loops.
		const [firstFactor, secondFactor] = [number(hash.firstFactor), number(hash.secondFactor)];
		const kept = v.constant(1 / (1 - p));
		const below = number(dropBelow(p));
		const [toHalf, toUnit, toPanel] = [LANES * outputs, 1, (PANEL - 1) * outputs].map((count) =>
			number(ahead(count)),
		) as [Vector, Vector, Vector];
		const factorOf = (state: Vector): Vector => {
			const keyed = v.xor(v.mulBits(v.xor(state, v.shiftRight(state, hash.firstShift)), firstFactor), second);
			const z = v.mulBits(v.xor(keyed, v.shiftRight(keyed, hash.secondShift)), secondFactor);
			return v.andNot(kept, v.lessBits(z, below));
		};
		// What is hashed for a unit's first four samples.
		const state = integers(
			body,
			Array.from({ length: LANES }, (_, lane) => ahead(lane * outputs)),
		);
		const moveOn = (by: Vector) => {
			body.get(state);
			body.get(by);
			body.simd(F32.opcodes.addBits);
			body.set(state);
		};
		moveOn(first);
		const units = (pass: () => void) => times(body, outputs, pass);
		const rows = (bytes: number, ...addresses: readonly Local[]) => addresses.map((one) => [one, bytes] as const);
		walk(
			body,
			(pass) => timesLocal(body, panels, pass),
			rows(outputPanel, values, slopes),
			(...panel) => {
				walk(body, units, rows(UNIT, ...panel), (value, slope) => {
					const now = valueNow(body, state);
					const halves = [now, v.addBits(now, toHalf)];
					for (const [half, each] of halves.entries()) {
						const factor = factorOf(each);
						const at = half * VECTOR;
						const slopesAt = Array.from({ length: 1 + trained }, (_, i) => [slope, at + i * slopeBytes] as const);
						for (const [address, offset] of [[value, at] as const, ...slopesAt]) {
							loadVector(body, address, offset);
							storeVector(body, address, offset, v.mul(body.keep(), factor));
						}
					}
					moveOn(toUnit);
				});
				moveOn(toPanel);
			},
		);
	});
}

/** A vector of integers, as a local that may be set anew. */
function integers(body: FunctionBody, lanes: readonly number[]): Local {
	const bytes = new Uint8Array(Int32Array.from(lanes).buffer);
	body.simd(0x0c, ...bytes); // v128.const
	return body.keep();
}
