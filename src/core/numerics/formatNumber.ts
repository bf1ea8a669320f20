import { significantDigits } from "./decimal.ts";

/** Significant digits of a number in a sentence. */
const DIGITS = 6;

/**
 * A number for people: six significant digits, correctly rounded, trailing zeros dropped, a true minus sign;
 * `∞` and `NaN` where it is not finite.
 */
export function formatNumber(value: number, digits = DIGITS): string {
	if (Number.isNaN(value)) return "NaN";
	const sign = value < 0 || Object.is(value, -0) ? "−" : "";
	const magnitude = Math.abs(value);
	if (magnitude === Number.POSITIVE_INFINITY) return `${sign}∞`;
	if (magnitude === 0) return `${sign}0`;
	if (Number.isInteger(magnitude) && magnitude < 1e9) return sign + magnitude;
	const { digits: all, exponent } = significantDigits(magnitude, digits);
	const kept = all.replace(/0+$/, "");
	if (exponent < -4 || exponent >= 9) {
		const mantissa = kept.length > 1 ? `${kept[0]}.${kept.slice(1)}` : kept;
		return `${sign}${mantissa}e${exponent < 0 ? "−" : ""}${Math.abs(exponent)}`;
	}
	if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${kept}`;
	const whole = kept.slice(0, exponent + 1).padEnd(exponent + 1, "0");
	const fraction = kept.slice(exponent + 1);
	return sign + whole + (fraction ? `.${fraction}` : "");
}
