/** The name that an option of a command line gets by its flags: that of the first long one, as `argparse` has it. */
export function optionName(flags: readonly string[]): string | undefined {
	const own = flags.find((flag) => flag.startsWith("--")) ?? flags[0];
	return own?.replace(/^-+/, "").replaceAll("-", "_");
}
