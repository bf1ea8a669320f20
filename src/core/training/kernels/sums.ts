import type { FunctionBody, Local } from "../../expression/kernel/functionBody.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import type { Vector } from "../../expression/kernel/vectorCode.ts";

const VECTOR = 16;
const LANES = [0, 1, 2, 3];

/** A vector of zeros that is added to; read it by `valueNow`, which stays what it is. */
export function zeros(body: FunctionBody): Local {
	body.simd(0x0c, ...new Array<number>(VECTOR).fill(0)); // v128.const
	return body.keep();
}

/** sum += term. */
export function accumulate(body: FunctionBody, sum: Local, term: Vector): void {
	body.get(sum);
	body.get(term);
	body.simd(F32.opcodes.add);
	body.set(sum);
}

/** What a vector that is added to holds now. */
export function valueNow(body: FunctionBody, sum: Local): Vector {
	body.get(sum);
	return body.keep();
}

/** The sum of a vector's four lanes, onto the stack. */
export function addLanes(body: FunctionBody, vector: Local): void {
	for (const lane of LANES) {
		body.get(vector);
		body.simd(F32.opcodes.extractLane, lane);
		if (lane > 0) body.write(0x92); // f32.add
	}
}
