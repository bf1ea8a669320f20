import { adviceDtypes, candidatesOf } from "../engines/candidates.ts";
import { advise } from "../protocol/advice.ts";
import { adviceText } from "../protocol/adviceText.ts";
import { dataTitle } from "../protocol/dataTitle.ts";
import { resultOf } from "../protocol/studyResult.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { dataOf, readSpecs, trained } from "./study.ts";

/**
 * `advise SPEC.json [--dtype TYPE] [--facts] [--json]`: which of a study's activations to use, from its facts and from
 * training it; with `--facts` nothing is trained. Markdown, or with `--json` the evidence and the answer.
 */
export async function adviseCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, {
		json: { type: "boolean" },
		facts: { type: "boolean" },
		dtype: { type: "string" },
	});
	const [file] = positionals;
	if (file === undefined || positionals.length > 1)
		throw new Misuse(`advise takes one SPEC.json, got ${positionals.length}`);
	const wanted = values.dtype ?? "float32";
	const dtype = adviceDtypes.find((one) => one === wanted);
	if (!dtype) throw new Misuse(`--dtype must be one of ${adviceDtypes.join(", ")}, got "${wanted}"`);
	const [spec, ...others] = await readSpecs(file);
	if (!spec || others.length > 0)
		throw new Misuse(`advise takes one study, got a document that stands for ${others.length + 1}`);
	const candidates = candidatesOf(spec, dtype);
	const events = values.facts ? null : await trained(spec, await dataOf(spec, file), io);
	if (io.signal.aborted) return 130;
	const result = events && resultOf(spec, events);
	const advice = advise(candidates, result);
	const conditions = { dtype, depth: spec.network.hidden.length, data: result ? dataTitle(spec.data) : null };
	await io.write(
		values.json ? `${toJson({ ...advice, candidates, result })}\n` : adviceText(advice, candidates, result, conditions),
	);
	return 0;
}
