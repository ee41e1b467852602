/**
 * The place of a row in the source: its file, the block of the file, and a number that grows within the block. Spark reads blocks
 * in any order; by these three the order is that of the source again.
 */
export const PLACE = 'ord, block, mid';
