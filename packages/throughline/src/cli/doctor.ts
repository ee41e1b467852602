import type { Command } from 'commander';
import { EXIT } from '../error.ts';
import { type Context, configOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { printable } from './terminal.ts';

export function doctorCommand(program: Command, context: Context): void {
  withSharedOptions(program.command('doctor'))
    .summary('try every part that the pipeline needs: config, source, lake, model, search, cluster')
    .description(
      'Tries every part that the pipeline needs, and says what is wrong and what to do. Embeds two short texts with\n' +
        'the model of the config, so an API is asked for real, and so do the workers of a Spark cluster. Writes nothing\n' +
        'that stays.',
    )
    .option('--alerts', 'also send a test to everybody whom alerts: names')
    .addHelpText('after', '\nExample:\n  throughline doctor --profile prod --alerts\n')
    .action(async (options: SharedOptions & { alerts?: boolean }) => {
      const { checksOf } = await import('../doctor/checks.ts');
      const { examine } = await import('../doctor/doctor.ts');
      const { terminal } = context;
      const checks = [];
      for await (const result of examine(
        checksOf(() => configOf(options, context), { alerts: options.alerts === true }),
        () => performance.now(),
      )) {
        checks.push(result);
        if (options.json) continue;
        const mark = result.ok ? terminal.style('green', 'ok  ') : terminal.style('red', 'FAIL');
        terminal.print(`${mark}  ${result.check.padEnd(9)} ${printable(result.message)}`);
        if (result.hint !== undefined) terminal.print(`                ${printable(result.hint)}`);
      }
      const bad = checks.find(({ ok }) => !ok);
      if (options.json) printJson(context, { ok: bad === undefined, checks });
      process.exitCode = bad?.exitCode ?? EXIT.ok;
    });
}
