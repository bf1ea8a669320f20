import { cpus } from "node:os";
import { isValid } from "../../src/core/expression/kernel/instantiate.ts";
import { bestStyle, type ProductStyle } from "../../src/core/training/kernels/products.ts";
import { peakProbe } from "./peak.ts";
import { startPyTorch, startTensorFlow } from "./peer.ts";
import { OwnRun, type Parts, productOperations, type Report, WORKLOADS } from "./workloads.ts";

const ROUNDS = 15;
/** CPU time that a contestant is to have in a round. */
const ROUND_SECONDS = 0.12;
const COLUMNS = ["samples/s", "× PyTorch", "× TF.js model.fit", "× TF.js own loop", "% of peak"];
const WIDTHS = [36, 24, 24, 24, 14];

/** Whole training steps, next to those of other libraries: one core, interleaved rounds, the median of their ratios. */
export async function training(): Promise<void> {
	const style = bestStyle(isValid);
	const probe = peakProbe(style.relaxed);
	const peers = [await startPyTorch(), await startTensorFlow("fit"), await startTensorFlow("loop")];
	const names = [...new Set(peers.flatMap((one) => one?.name ?? []))];
	console.log("whole training steps on one core: shuffle, gather, forward, loss, backward, update");
	console.log(`  ${cpus()[0]!.model}, Node ${process.versions.node}, ${style.relaxed ? "relaxed" : "plain"} SIMD`);
	console.log(
		`  next to ${names.join(", ") || "nothing"}; CPU time, median (least–most) of ${ROUNDS} interleaved rounds`,
	);
	printRow("", COLUMNS);
	const peaks: number[] = [];
	for (const workload of WORKLOADS) {
		const own = new OwnRun(workload, style);
		for (const peer of peers) await peer?.prepare(workload);
		const contestants: Contestant[] = [async (steps) => own.run(steps), ...peers.map((peer) => peer?.run.bind(peer))];
		const rounds = await interleaved(contestants, probe);
		const speeds = rounds.map(({ reports }) =>
			reports.map((one) => (one ? (one.steps * workload.batch) / one.seconds : Number.NaN)),
		);
		const operations = productOperations(workload) / workload.batch;
		printRow(workload.name, [
			spread(
				speeds.map(([mine]) => mine!),
				0,
			),
			spread(
				speeds.map(([mine, torch]) => mine! / torch!),
				2,
			),
			...[2, 3].map((peer) =>
				spread(
					speeds.map((one) => one[0]! / one[peer]!),
					1,
				),
			),
			spread(
				rounds.map(({ peak }, i) => (100 * speeds[i]![0]! * operations) / peak),
				0,
			),
		]);
		for (const { peak } of rounds) peaks.push(peak / 1e9);
	}
	for (const peer of peers) peer?.stop();
	await withParts(style);
	console.log(`  peak: ${spread(peaks, 1)} GFLOP/s of multiply-adds that stay in registers`);
}

/** How fast a network trains that has more than linear layers and activations, next to the one without. */
async function withParts(style: ProductStyle): Promise<void> {
	const plain = WORKLOADS.find(({ name }) => name === "W2")!;
	const all: readonly (readonly [name: string, parts: Parts])[] = [
		["residual", { residual: true }],
		["layer norm", { norm: "layernorm" }],
		["batch norm", { norm: "batchnorm" }],
		["dropout", { dropout: 0.1 }],
	];
	const contestants = [{}, ...all.map(([, parts]) => parts)].map((parts): Contestant => {
		const own = new OwnRun({ ...plain, parts }, style);
		return async (steps) => own.run(steps);
	});
	const rounds = await interleaved(contestants, () => 0);
	const speeds = rounds.map(({ reports }) => reports.map((one) => one!.steps / one!.seconds));
	for (const [i, [name]] of all.entries()) {
		const ratios = speeds.map((one) => one[i + 1]! / one[0]!);
		console.log(`  W2 with ${name}: ${spread(ratios, 2)} × the speed of W2`);
	}
}

type Contestant = ((steps: number) => Promise<Report>) | undefined;

interface Round {
	readonly reports: readonly (Report | undefined)[];
	/** Operations a second of the probe. */
	readonly peak: number;
}

async function interleaved(contestants: readonly Contestant[], probe: () => number): Promise<Round[]> {
	const steps: number[] = [];
	for (const one of contestants) steps.push(one ? await stepsOfRound(one) : 0);
	const rounds: Round[] = [];
	for (let i = 0; i < ROUNDS; i++) {
		const reports: (Report | undefined)[] = [];
		for (const [k, one] of contestants.entries()) {
			const report = await one?.(steps[k]!);
			if (report && !Number.isFinite(report.loss ?? Number.NaN)) throw new Error("a contestant's loss is not finite");
			reports.push(report);
		}
		rounds.push({ reports, peak: probe() });
	}
	return rounds;
}

/** What is not compiled yet is not what a person works with: it is run for a while, then timed. */
async function stepsOfRound(run: NonNullable<Contestant>): Promise<number> {
	let steps = 1;
	for (;;) {
		const { seconds } = await run(steps);
		if (seconds >= ROUND_SECONDS / 2) return Math.max(1, Math.round((steps * ROUND_SECONDS) / seconds));
		steps *= 2;
	}
}

function printRow(name: string, cells: readonly string[]): void {
	console.log(`  ${name.padEnd(3)}${cells.map((one, i) => one.padStart(WIDTHS[i]!)).join("")}`);
}

/** The median of values with the least and the greatest. */
function spread(values: readonly number[], digits: number): string {
	if (values.some(Number.isNaN)) return "not measured";
	const sorted = [...values].sort((a, b) => a - b);
	const [median, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)!].map((one) =>
		one.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
	);
	return `${median} (${least}–${most})`;
}
