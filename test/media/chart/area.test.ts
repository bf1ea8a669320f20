import assert from "node:assert/strict";
import { test } from "node:test";
import { areaCorners } from "../../../media/chart/picture.ts";

test("an area is a polygon for each stretch without a gap, and ends where the axis ends", () => {
	const area = { x: [0, 1, 2, 3, 4], low: [-5, 1, Number.NaN, 1, 1], high: [2, 3, 4, 2, 9], colour: "#000000" };
	const corners = areaCorners(
		area,
		{ label: "", min: 0, max: 8 },
		(x) => x,
		(y) => y,
	);
	assert.deepEqual(corners, [
		[
			[0, 2],
			[1, 3],
			[1, 1],
			[0, 0],
		],
		[
			[3, 2],
			[4, 8],
			[4, 1],
			[3, 1],
		],
	]);
});
