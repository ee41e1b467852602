import { axisX, axisY, dot, gridY, lineY, pointerX, ruleY, tip } from '@observablehq/plot';
import { useMemo } from 'react';
import type { AnswerOf } from 'throughline/api';
import { moment } from '../format/dates.ts';
import { shortNumber } from '../format/numbers.ts';
import { checkName } from '../format/words.ts';
import { limitOf } from './limit-of.ts';
import { PlotFigure } from './plot-figure.tsx';

type Result = AnswerOf<'quality'>['checks'][number];

/** A measurement over time, with the limit that was agreed on as a dashed line. */
export default function QualityChart({ check, results }: { check: string; results: readonly Result[] }) {
  const options = useMemo(() => {
    const data = results.map((one) => ({ ...one, time: new Date(one.at) }));
    const limit = limitOf(results[0]?.expected ?? null);
    return {
      ...{ marginLeft: 46, marginBottom: 34, marginTop: 8, marginRight: 12 },
      x: { type: 'utc', label: null },
      y: { label: null, nice: true, zero: limit === undefined },
      marks: [
        gridY({ ticks: 3, strokeOpacity: 0.12 }),
        ...(limit === undefined ? [] : [ruleY([limit], { stroke: 'var(--bad)', strokeDasharray: '4 3' })]),
        lineY(data, { x: 'time', y: 'observed', stroke: 'var(--accent)', strokeWidth: 1.5 }),
        dot(data, {
          ...{ x: 'time', y: 'observed', r: 3 },
          fill: ({ status }: Result) => (status === 'failed' ? 'var(--bad)' : 'var(--accent)'),
        }),
        axisX({ ticks: 3, tickSize: 3 }),
        axisY({ ticks: 3, tickSize: 0, tickFormat: (value: number) => shortNumber(value) }),
        tip(data, pointerX({ x: 'time', y: 'observed', title: tipText })),
      ],
    } as const;
  }, [results]);
  const label = `${checkName(check)} over time: ${results
    .slice(0, 8)
    .map(({ observed }) => observed)
    .join(', ')}`;
  return <PlotFigure options={options as never} height={150} label={label} />;
}

function tipText({ at, observed, expected, subject }: Result): string {
  return `${moment(at)}\n${observed}${expected === null ? '' : `, agreed ${expected}`}\n${subject}`;
}
