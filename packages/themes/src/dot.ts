/** The inner product of two rows of row-major vectors. */
export function dot(a: Float32Array, row: number, b: Float32Array, other: number, dimension: number): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += a[row * dimension + d]! * b[other * dimension + d]!;
  return sum;
}
