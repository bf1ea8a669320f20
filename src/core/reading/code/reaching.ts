import { firstIndex } from "../../firstIndex.ts";
import type { Binding, Block } from "./scope.ts";

/** Whether something may fail before the binding, which then does not happen. */
export function inTry(binding: Binding): boolean {
	return binding.block.owner?.name === "TryStatement";
}

export function isWithin(block: Block, outer: Block): boolean {
	for (let current: Block | null = block; current; current = current.parent) if (current === outer) return true;
	return false;
}

/** Whether the two blocks are different arms of one `if` or `match`, so that only one of them runs. */
function areExclusive(a: Block, b: Block): boolean {
	for (let p: Block | null = a; p; p = p.parent) {
		if (p.owner?.name !== "IfStatement" && p.owner?.name !== "MatchStatement") continue;
		for (let q: Block | null = b; q; q = q.parent) if (q.owner === p.owner) return q.arm !== p.arm;
	}
	return false;
}

function commonLoop(a: Block, b: Block): boolean {
	for (let p: Block | null = a; p; p = p.parent) if (p.loop && isWithin(b, p)) return true;
	return false;
}

/** The bindings that may hold at `at` in `block`, latest first; the last of them is certain to have happened, if any is. */
export function reachingBindings(bindings: readonly Binding[], block: Block, at: number): readonly Binding[] {
	const returns = (binding: Binding) => commonLoop(binding.block, block) || binding.block.arm === -1;
	const [only] = bindings;
	if (only && bindings.length === 1) {
		return (only.at > at ? returns(only) : !areExclusive(only.block, block)) ? bindings : [];
	}
	const behind = firstIndex(0, bindings.length, (i) => bindings[i]!.at > at);
	// In a loop, what is bound further down holds in the next turn.
	const reaching: Binding[] = [];
	for (let i = Math.min(behind + MOST_BINDINGS, bindings.length) - 1; i >= behind; i--) {
		if (returns(bindings[i]!)) reaching.push(bindings[i]!);
	}
	for (let i = behind - 1; i >= 0 && reaching.length <= MOST_BINDINGS; i--) {
		const binding = bindings[i]!;
		if (areExclusive(binding.block, block)) continue;
		reaching.push(binding);
		if (isWithin(block, binding.block)) break;
	}
	return reaching.reverse();
}

/** A name that any of more bindings than this may hold for is not certain: each use would cost the whole file. */
export const MOST_BINDINGS = 16;

/** The bindings that may hold when a scope's whole body has run: the last certain one and the conditional ones behind it. */
export function finalBindings(bindings: readonly Binding[]): readonly Binding[] {
	if (bindings.length === 1) return bindings;
	const final: Binding[] = [];
	for (let i = bindings.length - 1; i >= 0 && final.length <= MOST_BINDINGS; i--) {
		const binding = bindings[i]!;
		final.push(binding);
		if (binding.block.parent === null && binding.block.arm === 0) break;
	}
	return final.reverse();
}
