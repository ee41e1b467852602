/**
 * The place of a row in the source: its file (by number where the files are listed, and by path), the block of the file, and a number that grows within the block. Spark reads blocks
 * in any order; by these the order is that of the source again.
 */
export const PLACE = 'ord, path, block, mid';
