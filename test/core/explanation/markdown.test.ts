import assert from "node:assert/strict";
import { test } from "node:test";
import { codeSpan, escapeMarkdown } from "../../../src/core/explanation/markdown.ts";
import { formatNumber } from "../../../src/core/numerics/formatNumber.ts";

test("escaped text keeps no character that could begin Markdown, HTML or a link", () => {
	const hostile = "![a](data:x) [b](command:evil) <img src=x onerror=y> `c` **d** $(bug) https://e.f &lt; # | ~";
	const escaped = escapeMarkdown(hostile);
	assert.doesNotMatch(escaped.replace(/\\[!-/:-@[-`{-~]/g, ""), /[\\`*_{}[\]<>#+!|~&$:@^.]/);
	assert.equal(escaped.replace(/\\([!-/:-@[-`{-~])/g, "$1"), hostile);
});

test("line breaks, control characters and characters that reorder text do not get through", () => {
	assert.equal(escapeMarkdown("a\n\n# b\tc"), "a \\# b c");
	assert.equal(escapeMarkdown("a\u202eb\u0000c\u200d"), "a\ufffdb\ufffdc\ufffd");
});

test("a code span cannot be left from inside", () => {
	assert.equal(codeSpan("a"), "`a`");
	assert.equal(codeSpan("a`b``c"), "```a`b``c```");
	assert.equal(codeSpan("`a"), "`` `a ``");
	assert.equal(codeSpan("a\n\n[b](c)"), "`a [b](c)`");
	assert.equal(codeSpan(" \n"), "");
});

test("long text is cut to 100 characters", () => {
	assert.equal(codeSpan("x".repeat(500)), `\`${"x".repeat(99)}…\``);
});

test("numbers show six significant digits, correctly rounded, with true minus signs", () => {
	const expected: [number, string][] = [
		[0.924141819978757, "0.924142"],
		[-0.16997120747990369, "−0.169971"],
		[0.5, "0.5"],
		[-0, "−0"],
		[1, "1"],
		[123456789, "123456789"],
		[1234567.5, "1234570"],
		[4.5397868702434395e-5, "4.53979e−5"],
		[0.000123456789, "0.000123457"],
		[1e300, "1e300"],
		[5e-324, "4.94066e−324"],
		[0.99999951, "1"],
		[2.000005, "2"], // The double lies below the tie.
		[1.000005, "1.00001"], // And this one above it.
		[Number.POSITIVE_INFINITY, "∞"],
		[Number.NEGATIVE_INFINITY, "−∞"],
		[Number.NaN, "NaN"],
	];
	for (const [value, text] of expected) assert.equal(formatNumber(value), text);
});
