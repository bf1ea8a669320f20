import { type DescribedAdvice, describeAdvice } from "../core/explanation/describeAdvice.ts";
import { AdviceRefusal, giveAdvice } from "../engines/giveAdvice.ts";
import { thisMachine } from "../engines/machine.ts";
import { type AdviceSpec, type AdviceStudy, parseAdviceSpec } from "../protocol/adviceSpec.ts";
import { onlyOne, readArguments } from "./arguments.ts";
import { readJson } from "./files.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { aligned } from "./resultText.ts";
import { tableOf, trained } from "./study.ts";

/**
 * `advise SPEC.json [--json]`: which activation to take, from facts and, where the document names data, from a quick
 * study. With `--json` one `{kind: "advice"}` with the advice, its words and all its evidence. Exit code 1 where something
 * speaks against every candidate, 130 when interrupted.
 */
export async function adviseCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { json: { type: "boolean" } });
	const file = onlyOne("SPEC.json", positionals);
	const spec = await readSpec(file);
	const given = await giveAdvice(spec, {
		machine: thisMachine(),
		signal: io.signal,
		readData: (data) => tableOf(data, file, io),
		onPlan: (planned) => io.complain(planText(planned, spec)),
		train: (study, table, signal) => trained(study, table, io, signal),
	}).catch((error: unknown) => {
		throw error instanceof AdviceRefusal ? new Misuse(error.message) : error;
	});
	if (!given) return 130;
	const { evidence, advice } = given;
	const words = describeAdvice(evidence, advice);
	await io.write(values.json ? `${toJson({ kind: "advice", ...advice, words, evidence })}\n` : textOf(words));
	return advice.choice === null ? 1 : 0;
}

async function readSpec(file: string): Promise<AdviceSpec> {
	const document = await readJson(file);
	try {
		return parseAdviceSpec(document);
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
}

function planText({ study, work }: AdviceStudy, { seconds }: AdviceSpec): string {
	const { activations, seeds, epochs } = study;
	const trainings = `${activations.length} activations × ${seeds.length} seeds, ${epochs} epoch${epochs === 1 ? "" : "s"}`;
	const about = work.seconds < 1 ? "about a second" : `about ${Math.ceil(work.seconds)} s`;
	return `trains ${trainings}, after ${work.tunings} trainings for the learning rates: ${about}, at most ${seconds} s`;
}

function textOf({ title, certainty, shortList, table, notes }: DescribedAdvice): string {
	const list = shortList.map(({ label, reason }, i) => `${i + 1}. ${label}: ${reason}\n`).join("");
	const paragraph = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
	return [`${title}.\n${paragraph(certainty)}`, list, aligned([table.head, ...table.rows]), paragraph(notes)]
		.filter((part) => part !== "")
		.join("\n");
}
