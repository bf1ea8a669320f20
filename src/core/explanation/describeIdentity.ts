import { type Activation, changedParameters } from "../activations/activation.ts";
import { findActivation } from "../activations/catalog.ts";
import { derivativeOf } from "../diagnosis/derivativeOf.ts";
import { largestDifference, ROUNDING } from "../diagnosis/difference.ts";
import { nearestOf, SAME } from "../diagnosis/nearest.ts";
import type { Parameters } from "../expression/expression.ts";
import { foundOnce } from "../foundOnce.ts";
import { formatNumber } from "../numerics/formatNumber.ts";
import { looksLikeDerivative } from "../reading/code/definitions.ts";
import type { Definition } from "../reading/use.ts";
import { english, type Translate } from "../texts.ts";

/**
 * What a hand-written function that is understood is, or is near, and how far it is from that where it is furthest:
 * "identical to SiLU (in float64 within 1e-14)", "GELU up to 0.0021, at x = 1.3".
 */
export function describeIdentity(definition: Definition, t: Translate = english): string {
	const { equals, name } = definition;
	const same = equals && findActivation(equals.activation);
	// Of other functions it is by the way: σ(−x) is the derivative of LogSigmoid.
	const derivative = looksLikeDerivative(name) ? derivativeText(definition, t) : null;
	if (derivative) return derivative;
	if (!same) return nearestText(definition, t) ?? t("written by hand, not in the catalog");
	const identical = t("identical to {0}", nameWith(same, changedParameters(same, equals.parameters), t));
	const furthest = largestDifference(definition);
	if (!furthest) return identical;
	const { difference, x, fails } = furthest;
	const isRounding = difference < ROUNDING;
	const [largest, at] = [formatNumber(isRounding ? ROUNDING : difference, 2), formatNumber(x, 2)];
	if (isRounding && fails) return t("{0} (in float64 within {1} where it is finite)", identical, largest);
	if (isRounding) return t("{0} (in float64 within {1})", identical, largest);
	if (fails) return t("{0} (in float64 up to {1} apart where it is finite, at x = {2})", identical, largest, at);
	return t("{0} (in float64 up to {1} apart, at x = {2})", identical, largest, at);
}

const knownDerivative = foundOnce(derivativeOf);

/** Null where it is the derivative of no entry. */
function derivativeText({ understood }: Definition, t: Translate): string | null {
	if (!understood) return null;
	const found = knownDerivative(understood.activation);
	if (!found) return null;
	const of = nameWith(findActivation(found.activation)!, found.parameters, t);
	return found.byValue
		? t("the derivative of {0} by its value: x is what {0} gives, not what it is given", of)
		: t("the derivative of {0}", of);
}

const knownNearest = foundOnce(nearestOf);

/** Null where no entry of the catalog is near. */
function nearestText({ understood }: Definition, t: Translate): string | null {
	if (!understood) return null;
	const found = knownNearest(understood.activation);
	if (!found) return null;
	const name = nameWith(findActivation(found.activation)!, found.parameters, t);
	if (found.reflected) return t("{0} of −x: a sign may be wrong", name);
	const [difference, at] = [formatNumber(found.difference, 2), formatNumber(found.x, 2)];
	if (found.within === null) return t("{0} up to {1}, at x = {2}", name, difference, at);
	return found.difference <= SAME
		? t("identical to {0} for |x| ≤ {1}, apart beyond", name, formatNumber(found.within))
		: t("{0} up to {1} for |x| ≤ {2}, apart beyond", name, difference, formatNumber(found.within));
}

/** "LeakyReLU with slope = 0.2": the name, with these of its parameters. */
function nameWith({ name }: Activation, parameters: Parameters, t: Translate): string {
	const settings = Object.entries(parameters).map(([one, value]) => `${one} = ${formatNumber(value)}`);
	return settings.length === 0 ? name : t("{0} with {1}", name, settings.join(", "));
}
