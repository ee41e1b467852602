import type { Command } from 'commander';
import { configJsonSchema } from '../config/index.ts';
import { type Context, printJson } from './context.ts';

export function schemaCommand(program: Command, context: Context): void {
  program
    .command('schema')
    .summary('print the JSON Schema of throughline.yaml, for completion in editors')
    .addHelpText('after', '\nExample:\n  throughline schema > throughline.schema.json\n')
    .action(() => printJson(context, configJsonSchema()));
}
