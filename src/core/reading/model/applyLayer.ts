import { gatedHalves, isGated } from "./gated.ts";
import { besideSamples } from "./layout.ts";
import { learnFeatures } from "./learnFeatures.ts";
import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { parameterValue } from "./parameterValue.ts";
import {
	type Arguments,
	type GraphNode,
	type Layer,
	type Site,
	settled,
	type Thing,
	tensorsIn,
	unknown,
} from "./thing.ts";

/** Feeds a layer: its steps behind each other. */
export function applyLayer(machine: Machine, layer: Layer, given: Arguments, site: Site): Thing {
	if (layer.apply) return layer.apply(machine, layer, given, site);
	const things = [...given.positional, ...given.named.values()].map((thing) => asValue(machine, thing));
	const inputs = things.flatMap((thing) => tensorsIn(thing));
	if (inputs.length === 0) {
		const reason = given.open?.reason ?? things.find((thing) => thing.kind === "unknown")?.reason;
		return unknown(reason ?? "what the layer is fed is not known");
	}
	const [first] = inputs;
	if (layer.merges) return merged(machine, layer, given, site);
	if (!layer.built) machine.journal.write(layer, "built", { features: first!.features });
	learnFrom(machine, layer, first!);
	const slots = new Map([...layer.slots].map(([name, slot]) => [name, settled(slot)]));
	let node = first!;
	const steps = layer.steps(slots);
	if (node.batch !== null && node.batch !== 0 && steps.some((made) => takesBatchFirst(made.step(null)))) {
		return machine.unknownNode(layer.type, "the batch is not the first axis of what it is fed", things, site);
	}
	const { folded } = node;
	if (steps.some((made) => besideSamples(made.step(null), folded) === null)) {
		return machine.unknownNode(layer.type, "it is fed several parts of a sample", things, site);
	}
	const features = layer.built?.features ?? node.features;
	let fed = features;
	for (const [i, made] of steps.entries()) {
		const seen = fed;
		const step = () => besideSamples(made.step(seen), folded)!; // Looked for above.
		const first = step();
		if (isGated(first)) {
			node = gatedHalves(machine, first, node, layer.site, { layer });
			fed = node.features;
			continue;
		}
		const from = first.kind === "unknown" ? inputs : [node];
		const more = { layer, suffix: made.suffix, features: made.features(node.features) };
		node = machine.node(step, i === 0 ? from : [node], layer.site, more).node;
		fed = made.features(fed);
	}
	return { kind: "tensor", node };
}

/** Numbers that the code makes for each sample, such as a first state of zeros, or for one, to ask what comes of them. */
function asValue(machine: Machine, thing: Thing): Thing {
	if (thing.kind !== "slot") return thing;
	const { sizes, isForSamples } = settled(thing.slot);
	return isForSamples || (sizes && sizes.length > 1 && sizes[0] === 1) ? parameterValue(machine, thing) : thing;
}

/** Whether a step counts the axes of what it is fed from the batch's on, which must be the first. */
function takesBatchFirst(step: Step): boolean {
	const isByChannel = step.kind === "normalisation" && step.of !== "layer" && step.of !== "rms";
	return step.kind === "convolution" || isByChannel || (step.kind === "pool" && step.over?.kind !== "axes");
}

function merged(machine: Machine, layer: Layer, given: Arguments, site: Site): Thing {
	const [only] = given.positional;
	if (only?.kind === "list" && only.open) return machine.unknownNode(layer.type, only.open.reason, [only], site);
	const inputs = given.positional.flatMap((thing) => tensorsIn(thing));
	const step = layer.merges!; // The caller has looked.
	const [first] = inputs;
	if (step.kind !== "concatenate") {
		const features = inputs.find((each) => each.features !== null)?.features ?? null;
		return machine.node(() => step, inputs, layer.site, { layer, features });
	}
	const atEnd = step.axis === -1 || (step.axis !== null && step.axis === (first?.shape?.length ?? 0) - 1);
	const sizes = inputs.map((each) => each.features);
	const features = atEnd && !sizes.includes(null) ? (sizes as number[]).reduce((a, b) => a + b, 0) : null; // None is null.
	return machine.node(() => step, inputs, layer.site, { layer, features });
}

/** What the first step of a layer tells of an input. */
function learnFrom(machine: Machine, layer: Layer, node: GraphNode): void {
	const made = layer.steps(layer.slots)[0]?.step(null);
	const isLast =
		made?.kind === "linear" || (made?.kind === "normalisation" && (made.of === "layer" || made.of === "rms"));
	const features = made?.kind === "linear" ? made.inputs : made?.kind === "normalisation" ? made.features : null;
	if (isLast && features !== null) learnFeatures(machine, node, features);
}
