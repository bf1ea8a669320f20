import { arithmetic } from "../code/constants.ts";

/** What an operation of Python or JavaScript gives of two numbers; undefined for a quotient by 0 and for signs that this does not know. */
export function numberOperation(sign: string, a: number, b: number): number | undefined {
	switch (sign) {
		case "%":
			return b === 0 ? undefined : a - b * Math.floor(a / b);
		case "remainder":
			return b === 0 ? undefined : a % b;
		case "<<":
			return a * 2 ** b;
		case ">>":
			return Math.floor(a / 2 ** b);
		default:
			return arithmetic(sign, a, b);
	}
}
