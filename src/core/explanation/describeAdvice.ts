import type { SignalForecast } from "../activations/signalForecast.ts";
import { type Advice, advise, type Evidence, type Objection, type Ranked, type TieBreak } from "../advice/advise.ts";
import { type CandidateFacts, hasNoGradient } from "../advice/candidate.ts";
import type { Beyond } from "../diagnosis/typeLimits.ts";
import { formatNumber } from "../numerics/formatNumber.ts";
import { english, type Translate } from "../texts.ts";
import type { Interval } from "../training/statistics/interval.ts";
import { rangeText } from "./describeFacts.ts";

/** Advice in words: what the command line prints and the editor shows. */
export interface DescribedAdvice {
	/** One sentence: what to take, or that nothing suits. */
	readonly title: string;
	/** How sure that is, a sentence each, the most important first. */
	readonly certainty: readonly string[];
	/** The best few, each with its reason in one line. */
	readonly shortList: readonly (Pick<CandidateFacts, "label" | "id" | "parameters"> & { readonly reason: string })[];
	readonly table: {
		readonly caption: string;
		readonly head: readonly string[];
		/** The first cell of a row is its heading. */
		readonly rows: readonly (readonly string[])[];
	};
	/** What to know of the choice, and of the evidence. */
	readonly notes: readonly string[];
}

/** Entries of the short list. */
const SHORT = 3;
/** Inputs beyond it do not occur where a network trains: an overflow there is not worth a line. */
const FAR_OUT = 1e4;

/** The advice that evidence gives, in words. Every number in them is one of the evidence. */
export function describeAdvice(
	evidence: Evidence,
	advice: Advice = advise(evidence),
	t: Translate = english,
): DescribedAdvice {
	const words = new Words(evidence, advice, t);
	const facts = new Map(evidence.candidates.map((one) => [one.label, one]));
	const rows = advice.ranking.map((ranked) => ({ ranked, facts: facts.get(ranked.label)! }));
	return {
		title: advice.choice === null ? t("Something speaks against each of the candidates") : t("Take {0}", advice.choice),
		certainty: words.certainty(),
		shortList: rows
			.filter(({ ranked }) => ranked.standing !== "objection")
			.slice(0, SHORT)
			.map((row) => ({
				label: row.ranked.label,
				id: row.facts.id,
				parameters: row.facts.parameters,
				reason: words.reason(row.ranked, row.facts),
			})),
		table: {
			caption: t("The evidence, best first"),
			head: words.head(),
			rows: rows.map((row) => words.row(row.ranked, row.facts)),
		},
		notes: words.notes(advice.choice === null ? undefined : facts.get(advice.choice)),
	};
}

class Words {
	readonly #evidence: Evidence;
	readonly #advice: Advice;
	readonly #t: Translate;

	constructor(evidence: Evidence, advice: Advice, t: Translate) {
		this.#evidence = evidence;
		this.#advice = advice;
		this.#t = t;
	}

	/** Whether any run of the study ended by itself. */
	get #hasTrained(): boolean {
		const results = this.#evidence.study?.result.activations ?? [];
		return results.some(({ runs, diverged, failed }) => runs + diverged + failed > 0);
	}

	certainty(): string[] {
		const t = this.#t;
		const { certainty, choice, best, ranking } = this.#advice;
		const { study } = this.#evidence;
		const seeds = String(Math.min(...ranking.flatMap(({ comparison }) => comparison?.runs ?? []), study?.seeds ?? 0));
		const sentences: string[] = [];
		switch (certainty.level) {
			case "facts alone":
				sentences.push(t("From facts alone: nothing was trained, so which one learns your data best is not known."));
				break;
			case "sure":
				sentences.push(
					t(
						"Sure, for this data and network: {0} is better than {1} (corrected p ≤ {2}).",
						best ?? "",
						certainty.others.join(", "),
						chance(certainty.p),
					),
				);
				break;
			case "no difference":
				sentences.push(
					t(
						"No difference shown between {0} on this data ({1} seeds); chosen by {2}: {3}.",
						certainty.among.join(", "),
						seeds,
						tieBreakText(this.#evidence.tieBreak, t),
						choice ?? "",
					),
				);
				break;
			case "too few runs":
				sentences.push(
					t("Too few runs to tell {0} apart; {1} has the best mean.", certainty.among.join(", "), best ?? ""),
				);
				break;
			case "best mean":
				sentences.push(
					t(
						"Not sure: {0} has the best mean on this data ({1} seeds), but that it is better than {2} is not shown.",
						best ?? "",
						seeds,
						certainty.unshown.join(", "),
					),
				);
				break;
			case "alone":
				sentences.push(t("Only {0} was trained to the end: there is nothing to compare it with.", best ?? ""));
				break;
			case "none suits":
				sentences.push(t("No candidate suits what is asked for; the table says what speaks against each."));
				break;
			default:
				certainty satisfies never;
		}
		for (const { label, objection } of ranking) {
			if (objection?.kind !== "diverged") continue;
			const [diverged, of] = [String(objection.diverged), String(objection.of)];
			sentences.push(t("Sure: {0} diverged in {1} of {2} runs.", label, diverged, of));
		}
		if (study && !study.complete) {
			const cut = this.#hasTrained
				? t("Training was cut short: what had ended by then is compared.")
				: t("Training was cut short before any run had ended.");
			sentences.push(cut);
		}
		return sentences;
	}

	reason(ranked: Ranked, facts: CandidateFacts): string {
		const t = this.#t;
		const measured = this.#measured(ranked.label);
		const parts = [
			...(measured ? [measured] : []),
			...(ranked.standing === "worse" || ranked.standing === "behind" || ranked.objection
				? [this.#standing(ranked)]
				: []),
			t("costs {0} × ReLU", costText(facts)),
			...this.#forecastPart(facts),
			facts.canDie ? t("units can die") : t("units cannot die"),
		];
		return parts.join("; ");
	}

	#forecastPart({ withOwnGain }: CandidateFacts): string[] {
		const { plain, depth } = this.#evidence.situation;
		if (!plain || !withOwnGain) return [];
		return [this.#t("forecast gradient × {0} over {1} layers", short(withOwnGain.gradientNorm), String(depth))];
	}

	head(): string[] {
		const t = this.#t;
		const { study, situation } = this.#evidence;
		const measure = study?.result.metric === "accuracy" ? t("Accuracy, %") : t("Validation loss");
		return [
			t("Activation"),
			...(this.#hasTrained ? [measure] : []),
			t("Verdict"),
			t("Cost, × ReLU"),
			t("Range"),
			t("Zero gradient"),
			t("Smoothness"),
			t("In {0}", situation.dtype),
			...(situation.plain
				? [
						t("Variance, own gain"),
						t("Gradient, own gain"),
						t("Variance, PyTorch's default"),
						t("Gradient, PyTorch's default"),
					]
				: []),
		];
	}

	row(ranked: Ranked, facts: CandidateFacts): string[] {
		const t = this.#t;
		const { situation } = this.#evidence;
		const { range, withOwnGain: own, withPytorchDefault, stability } = facts;
		const bounded = Number.isFinite(range.min) && Number.isFinite(range.max) ? `, ${t("bounded")}` : "";
		const variance = (forecast: SignalForecast | null) => (forecast ? short(forecast.variance) : "–");
		const gradient = (forecast: SignalForecast | null) => (forecast ? `× ${short(forecast.gradientNorm)}` : "–");
		const unstable = stability === "unstable" ? `, ${t("no stable critical point")}` : "";
		return [
			facts.label,
			...(this.#hasTrained ? [this.#mean(facts.label) ?? "–"] : []),
			this.#standing(ranked),
			costText(facts),
			rangeText(range) + bounded,
			zeroGradientText(facts, t),
			facts.smoothness === "smooth" ? t("smooth") : facts.smoothness === "jumps" ? t("jumps") : facts.smoothness,
			this.#inType(facts),
			...(situation.plain
				? [variance(own) + unstable, gradient(own), variance(withPytorchDefault), gradient(withPytorchDefault)]
				: []),
		];
	}

	notes(choice: CandidateFacts | undefined): string[] {
		const t = this.#t;
		const { study, situation } = this.#evidence;
		const { dtype, depth, plain } = situation;
		const notes: string[] = [];
		if (choice && plain && Number.isFinite(choice.gain)) {
			const [own, other] = [choice.withOwnGain, choice.withPytorchDefault].map((one) =>
				short(one?.gradientNorm ?? Number.NaN),
			) as [string, string];
			notes.push(
				t(
					"Initialise {0} by its own gain, {1}: over {2} layers the gradient is then × {3}; PyTorch's default weights make it × {4}.",
					choice.label,
					formatNumber(choice.gain, 5),
					String(depth),
					own,
					other,
				),
			);
		}
		const byHand = choice && beyondText(notable(choice.inType.textbookOverflow));
		if (byHand) {
			notes.push(
				t(
					"Written by hand as in the textbook, {0} overflows in {1} for {2}: use the library's function.",
					choice.label,
					dtype,
					byHand,
				),
			);
		}
		if (study && this.#hasTrained) {
			notes.push(
				t(
					"Trained in float32 with {0} hidden layers by Adam, each activation by its own gain; equal budget for all: {1} seeds, {2} epochs.",
					String(study.depth),
					String(study.seeds),
					String(study.epochs),
				),
				t(
					"Each at its own learning rate, found among {0} by validation: {1}.",
					study.tried.map((rate) => formatNumber(rate)).join(", "),
					study.learningRates.map(({ label, learningRate }) => `${label} ${formatNumber(learningRate)}`).join(", "),
				),
			);
		}
		if (study && this.#hasTrained && study.depth < depth) {
			notes.push(t("The network that was trained has {0} layers, not {1}.", String(study.depth), String(depth)));
		}
		notes.push(
			plain
				? t(
						"The forecast is of very wide layers before training, without normalisation or residual connections. The cost is that of value and slope, measured on this machine.",
					)
				: t(
						"No forecast: normalisation and residual connections keep signal and gradient by themselves. The cost is that of value and slope, measured on this machine.",
					),
		);
		return notes;
	}

	/** What speaks against it, or how it compares. */
	#standing({ label, standing, objection, comparison }: Ranked): string {
		const t = this.#t;
		if (objection) return objectionText(objection, t);
		const { best, certainty } = this.#advice;
		switch (standing) {
			case "worse":
				if (comparison?.difference == null) return t("worse than {0}", best ?? "");
				return t(
					"worse than {0} by {1} (corrected p {2})",
					best ?? "",
					this.#difference(comparison.difference),
					chance(comparison.pHolm ?? 1),
				);
			case "behind":
				if (comparison?.difference == null) return t("behind {0}, not sure", best ?? "");
				return t("behind {0} by {1}, not sure", best ?? "", this.#difference(comparison.difference));
			case "not measured":
				return t("not measured");
			case "too few runs":
				return t("too few runs");
			case "no difference":
				return label === best ? t("best mean, no difference shown") : t("no difference shown");
			case "first":
				if (certainty.level === "no difference") return t("first by {0}", tieBreakText(this.#evidence.tieBreak, t));
				if (certainty.level === "best mean" || certainty.level === "too few runs") return t("best mean");
				return certainty.level === "sure" ? t("better than the others") : t("first");
			case "objection":
				return "";
		}
	}

	/** Of a mean, by how much it is less good. */
	#difference(difference: number): string {
		if (this.#evidence.study?.result.metric !== "accuracy") return short(-difference);
		return this.#t("{0} points", (100 * difference).toFixed(1));
	}

	#measured(label: string): string | null {
		const mean = this.#mean(label);
		if (mean === null) return null;
		const isAccuracy = this.#evidence.study?.result.metric === "accuracy";
		return isAccuracy ? this.#t("accuracy {0} %", mean) : this.#t("validation loss {0}", mean);
	}

	#mean(label: string): string | null {
		const result = this.#evidence.study?.result;
		const interval = result?.activations.find(({ activation }) => activation === label)?.[result.metric];
		if (!interval) return null;
		return result?.metric === "accuracy" ? meanText(interval, 100) : meanText(interval, 1);
	}

	#inType({ inType }: CandidateFacts): string {
		const t = this.#t;
		const overflow = beyondText(notable(inType.overflow));
		const saturated = beyondText(inType.saturated);
		const lost = beyondText(inType.lostSlope);
		const parts = [
			...(overflow ? [t("overflows for {0}", overflow)] : []),
			...(saturated ? [t("constant for {0}", saturated)] : []),
			...(lost ? [t("slope rounds to 0 for {0}", lost)] : []),
		];
		return parts.length > 0 ? parts.join("; ") : t("nothing lost");
	}
}

function objectionText(objection: Objection, t: Translate): string {
	switch (objection.kind) {
		case "diverged":
			return t("diverged in {0} of {1} runs", String(objection.diverged), String(objection.of));
		case "failed":
			return t("{0} runs failed", String(objection.failed));
		case "gradient": {
			const [norm, layers] = [short(objection.norm), String(objection.layers)];
			return objection.norm < 1
				? t("forecast: the gradient vanishes, × {0} over {1} layers", norm, layers)
				: t("forecast: the gradient explodes, × {0} over {1} layers", norm, layers);
		}
		case "overflow":
			return t("overflows in {0} from |x| = {1}", objection.dtype, short(objection.from));
	}
}

function tieBreakText(tieBreak: TieBreak, t: Translate): string {
	switch (tieBreak) {
		case "cost":
			return t("cost");
		case "smoothness":
			return t("smoothness");
		case "no dead units":
			return t("units that cannot die");
	}
}

function costText({ cost }: CandidateFacts): string {
	return formatNumber(cost, 2);
}

function meanText({ mean, halfWidth }: Interval, scale: number): string {
	const digits = scale === 1 ? 4 : 1;
	const spread = halfWidth === null ? "" : ` ± ${(scale * halfWidth).toFixed(digits)}`;
	return (scale * mean).toFixed(digits) + spread;
}

function chance(p: number): string {
	return formatNumber(p, 2);
}

function short(value: number): string {
	return formatNumber(value, 3);
}

function zeroGradientText(facts: CandidateFacts, t: Translate): string {
	if (facts.zeroGradient.length === 0) return t("nowhere");
	return hasNoGradient(facts) ? t("everywhere") : facts.zeroGradient.map(intervalText).join(", ");
}

function intervalText({ from, to }: { readonly from: number; readonly to: number }): string {
	if (from === Number.NEGATIVE_INFINITY) return `x < ${short(to)}`;
	return to === Number.POSITIVE_INFINITY ? `x > ${short(from)}` : `${short(from)} < x < ${short(to)}`;
}

/** Without what lies further out than numbers in a network come. */
function notable({ below, above }: Beyond): Beyond {
	return {
		below: below !== null && below > -FAR_OUT ? below : null,
		above: above !== null && above < FAR_OUT ? above : null,
	};
}

/** "|x| ≥ 9.36", "x ≤ −17.3", or both sides; null for neither. */
function beyondText({ below, above }: Beyond): string | null {
	if (below !== null && above !== null) {
		return below === -above ? `|x| ≥ ${limit(above)}` : `x ≤ ${limit(below)}, x ≥ ${limit(above)}`;
	}
	if (above !== null) return `x ≥ ${limit(above)}`;
	return below === null ? null : `x ≤ ${limit(below)}`;
}

function limit(value: number): string {
	return formatNumber(value, 4);
}
