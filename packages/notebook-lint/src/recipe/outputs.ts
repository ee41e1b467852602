import { factOf } from './origin.ts';
import type { Fact, OutputFact } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { Table } from './trace/traced.ts';

/** Files that hold the notebook's results: vectors, or the rows that they are of. The same file counts once. */
export function outputFacts({ written }: Trace, table: Table | undefined): Fact<OutputFact>[] {
  const found = new Map<string, Fact<OutputFact>>();
  for (const { node, path, format, vectors, table: of } of written) {
    const ofRows = of?.reading !== undefined && of.reading === table?.reading;
    if (!vectors && !ofRows) continue;
    found.set(`${path} ${format}`, factOf({ path, format, vectors }, node));
  }
  return [...found.values()];
}
