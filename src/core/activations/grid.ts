/** Inputs that stand for the whole line: dense where activations live, then wider and wider out to ±1e300. */
export function wholeLine(): Float64Array {
	return GRID;
}

const GRID = makeGrid();

function makeGrid(): Float64Array {
	const right: number[] = [];
	for (let x = 1 / 64; x <= 16; x += 1 / 64) right.push(x);
	for (let x = 16.25; x <= 64; x += 0.25) right.push(x);
	for (let x = 65; x <= 1024; x *= 1.02) right.push(x);
	for (let x = 1100; x <= 1e6; x *= 1.5) right.push(x);
	for (let x = 1e7; x <= 1e300; x *= 1e12) right.push(x);
	const tiny = [1e-300, 1e-16, 1e-8, 1e-6, 1e-4, 1e-3, 4e-3];
	const positive = [...tiny, ...right];
	return Float64Array.from([...positive.map((x) => -x).reverse(), 0, ...positive]);
}
