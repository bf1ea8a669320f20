import { appendFileSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A line for each time that a process took the run or let go of it. */
const CLAIMS = "claims";
const own = `${process.pid} ${hostname()}`;

/**
 * Takes the run in that folder for this process, until it lets go or ends, however that may be. Two processes that train
 * one run would each add what it comes to. Throws a RangeError where another process of this machine has it.
 */
export function claim(folder: string): void {
	// Added first, and read then: of two that come together, both see who was first.
	appendFileSync(join(folder, CLAIMS), `+${own}\n`);
	const first = claimants(folder)[0]!;
	if (first === own) return;
	release(folder);
	throw new RangeError(`the run is being trained by another process (${first.split(" ")[0]})`);
}

/** Lets go of a run that this process has claimed. */
export function release(folder: string): void {
	appendFileSync(join(folder, CLAIMS), `-${own}\n`);
}

/** The running processes that have claimed it and not let go, the one that has it first. What other machines did is not known. */
function claimants(folder: string): readonly string[] {
	const found = new Set<string>();
	for (const line of readFileSync(join(folder, CLAIMS), "utf8").split("\n")) {
		const who = line.slice(1);
		found.delete(who);
		if (line.startsWith("+")) found.add(who);
	}
	return [...found].filter((who) => {
		const [pid, ...host] = who.split(" ");
		return host.join(" ") === hostname() && isRunning(Number(pid));
	});
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0); // Asks only.
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM"; // Another user's.
	}
}
