import type { Alert, Notice } from './alert.ts';

/** Characters that Slack takes in one block. */
const MOST = 2_900;
/** Slack takes 50 blocks. */
const SHOWN = 20;

/** Blocks of Slack's Block Kit; texts of rows and errors are plain text, in which nothing is a mention or a link. */
export function slackMessage({ pipeline, run, alerts, recovered }: Notice) {
  const summary = [
    ...(alerts.length > 0 ? [`${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}`] : []),
    ...(recovered.length > 0 ? [`${recovered.length} over`] : []),
  ].join(', ');
  return {
    text: `Throughline ${pipeline}: ${summary}`,
    blocks: [
      { type: 'header', text: plain(`Throughline ${pipeline}: ${summary}`.slice(0, 150)) },
      ...alerts.slice(0, SHOWN).map((alert) => ({ type: 'section', text: plain(textOf(alert)) })),
      ...(alerts.length > SHOWN
        ? [{ type: 'section', text: plain(`And ${alerts.length - SHOWN} more: throughline status`) }]
        : []),
      ...(recovered.length === 0
        ? []
        : [{ type: 'section', text: plain(`Over: ${recovered.join('; ')}`.slice(0, MOST)) }]),
      { type: 'context', elements: [plain(`run ${run}`)] },
    ],
  };
}

function textOf({ title, happened, effect, todo, command }: Alert): string {
  const tail = `\n${effect}\n${todo}\n> ${command}`;
  return `${title}\n${happened.slice(0, Math.max(0, MOST - title.length - tail.length))}${tail}`.slice(
    0,
    MOST,
  );
}

function plain(text: string) {
  return { type: 'plain_text', text, emoji: false };
}
