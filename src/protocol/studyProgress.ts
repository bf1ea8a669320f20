import type { Study } from "./study.ts";
import type { RunKey, TrainerEvent } from "./trainer.ts";

/** How far a study is, from its events, oldest first. */
export class StudyProgress {
	readonly #study: Study;
	/** Epochs trained, by training. */
	readonly #epochs = new Map<string, number>();
	/** Epochs of all trainings together: a study may report a hundred thousand times, and is asked for its share each time. */
	#trained = 0;
	/** Trainings that looked for the learning rate of an activation. */
	readonly #tried = new Map<number, number>();

	constructor(study: Study) {
		this.#study = study;
	}

	add(event: TrainerEvent): void {
		const { epochs } = this.#study;
		const { activation } = event.run;
		switch (event.kind) {
			case "tried":
				this.#tried.set(activation, this.#triedOf(activation) + 1);
				break;
			case "tuned":
				this.#tried.set(activation, this.#triesOfEach);
				break;
			case "progress":
				this.#setEpochs(event.run, event.measure.epoch);
				break;
			// They report no more.
			case "done":
			case "diverged":
			case "failed":
				this.#setEpochs(event.run, epochs);
				break;
		}
	}

	/** How many trainings have still to look for an activation's learning rate. */
	triesLeft(activation: number): number {
		return this.#triesOfEach - this.#triedOf(activation);
	}

	/** Share of all planned epochs, those that look for learning rates among them, 0…1; a training that ended early counts in full. */
	get share(): number {
		const { activations, seeds, epochs, tuning } = this.#study;
		const epochsOfTry = tuning?.epochs ?? 0;
		const planned = activations.length * (epochs * seeds.length + epochsOfTry * this.#triesOfEach);
		return Math.min(1, (this.#trained + epochsOfTry * sum(this.#tried.values())) / planned);
	}

	#setEpochs(run: RunKey, epochs: number): void {
		const key = keyOf(run);
		this.#trained += epochs - (this.#epochs.get(key) ?? 0);
		this.#epochs.set(key, epochs);
	}

	#triedOf(activation: number): number {
		return this.#tried.get(activation) ?? 0;
	}

	get #triesOfEach(): number {
		const { tuning } = this.#study;
		return tuning ? tuning.learningRates.length * tuning.seeds : 0;
	}
}

function keyOf({ activation, seed }: RunKey): string {
	return `${activation}/${seed}`;
}

function sum(values: Iterable<number>): number {
	let total = 0;
	for (const value of values) total += value;
	return total;
}
