/** A few roundings of a double, as a share of its size: values that differ by less may be the same. */
export const FEW_ROUNDINGS = 4 * 2 ** -52;
