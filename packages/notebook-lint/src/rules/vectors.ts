import type { Value } from '../flow/value.ts';

/** Methods of a frame that write one file. */
export const FILES = /^(to_csv|to_pickle|to_json|to_excel|to_feather|to_hdf)$/;
/** Functions that write an object as one file. */
export const DUMPS =
  /^(pickle\.dump|joblib\.dump|numpy\.(save|savez|savez_compressed|savetxt)|torch\.save|json\.dump|dill\.dump|cloudpickle\.dump)$/;
/** Text that is made vectors again. */
export const PARSES = /eval\b|json\.loads|\.fromstring/;

/** All vectors, or a frame with a column of them. */
export function holdsVectors({ frame, type, vectors }: Value): boolean {
  if (vectors === 'many') return true;
  return type === 'pandas.DataFrame' && (frame?.vectorColumns.size ?? 0) > 0;
}
