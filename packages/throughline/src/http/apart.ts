/** How to ask for some positions together. */
export interface Asking {
  /** Resolves to the positions that did not come with the others and are to be asked for again: fewer than asked for. */
  ask(positions: readonly number[]): Promise<readonly number[]>;
  /** True when the error is of these positions: then they are asked for in halves until each is alone. `alone` is the last look. */
  isOfPositions(error: unknown, alone: boolean): Promise<boolean>;
  /** False where bad luck may look the same: then one alone is asked for twice. */
  isCertain(error: unknown): boolean;
  split(error: unknown, positions: readonly number[]): void;
  /** With each error that it met alone. */
  refused(errors: readonly unknown[], position: number): void;
}

/**
 * Every position ends in exactly one answer of `ask`, or in exactly one call of `refused`; none keeps another from
 * being answered. An error that is not of the positions is thrown.
 */
export async function askApart(positions: readonly number[], asking: Asking): Promise<void> {
  if (positions.length === 0) return;
  const tried = await answerOrError(positions, asking);
  if ('rest' in tried) return askApart(tried.rest, asking);
  if (positions.length === 1) return askAlone(positions[0]!, tried.error, asking);
  asking.split(tried.error, positions);
  const half = Math.ceil(positions.length / 2);
  await askApart(positions.slice(0, half), asking);
  await askApart(positions.slice(half), asking);
}

async function askAlone(position: number, error: unknown, asking: Asking): Promise<void> {
  if (asking.isCertain(error)) return asking.refused([error], position);
  const tried = await answerOrError([position], asking);
  if ('error' in tried) asking.refused([error, tried.error], position);
}

type Tried = { readonly rest: readonly number[] } | { readonly error: unknown };

async function answerOrError(positions: readonly number[], asking: Asking): Promise<Tried> {
  try {
    return { rest: await asking.ask(positions) };
  } catch (error) {
    if (!(await asking.isOfPositions(error, positions.length === 1))) throw error;
    return { error };
  }
}
