import type { Command } from 'commander';
import { type Context, configOf, type SharedOptions } from './context.ts';

interface SendOptions extends Pick<SharedOptions, 'config' | 'profile'> {
  run: string;
}

export function alertsCommand(program: Command, context: Context): void {
  const alerts = program.command('alerts').summary('tell those whom alerts: names');
  alerts
    .command('send')
    .summary(
      'tell that a scheduled run failed; for schedulers, which know what no run can tell, such as a time-out',
    )
    .requiredOption('--run <id>', 'what the scheduler calls the run')
    .option('-c, --config <file>', 'config file', 'throughline.yaml')
    .option('-p, --profile <name>', 'overlay profiles.NAME of the config')
    .addHelpText('after', '\nExample:\n  throughline alerts send --run "$RUN_ID"\n')
    .action(async (options: SendOptions) => {
      const { config, directory } = await configOf(options, context);
      const { terminal, clock, env } = context;
      if (config.alerts.length === 0) {
        terminal.log('Nobody is told: the config names nobody in alerts:');
        return;
      }
      const { alertOfSchedule, tellRun } = await import('../alert/index.ts');
      const { lakeIfThere } = await import('../lake/lake.ts');
      const { lakeRootOf } = await import('../lake/lake-path.ts');
      // Who is told then is told without looking what they know.
      const lake = await lakeIfThere(lakeRootOf(directory, config.lake)).catch(() => undefined);
      const news = { run: options.run, alerts: [alertOfSchedule(options.run)], looked: () => false };
      const warn = (message: string) => terminal.log(`warning: ${message}`);
      await tellRun(lake, config, news, { clock, env, warn });
    });
}
