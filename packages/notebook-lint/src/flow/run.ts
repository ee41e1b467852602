import type { SyntaxNode } from '../python/node.ts';
import { runBody } from './definition.ts';
import { type Flow, newFlow } from './flow.ts';
import { newScope, type Scope } from './scope.ts';
import { runStatement } from './statement.ts';

/** What notebooks are given without an import. */
const GIVEN: readonly (readonly [string, string])[] = [['spark', 'pyspark.sql.SparkSession']];

/** Runs the cells in file order, then each function once more with all names of the notebook known. */
export function runNotebook(trees: readonly SyntaxNode[]): Flow {
  const flow = newFlow();
  const scope: Scope = newScope();
  for (const [name, path] of GIVEN) scope.names.set(name, { type: 'object', path });
  for (const tree of trees) for (const statement of tree.children) runStatement(statement, scope, flow);
  for (const definition of [...flow.definitions.values()]) runBody(definition, new Map(), scope, flow);
  return flow;
}
