import { areaY, axisX, axisY, dot, gridY, lineY, pointerX, ruleX, tip } from '@observablehq/plot';
import { useMemo } from 'react';
import { period } from '../format/dates.ts';
import { count, percent } from '../format/numbers.ts';
import { PlotFigure } from './plot-figure.tsx';

interface Point {
  count: number;
  share: number | null;
  low: number | null;
  high: number | null;
}

interface TrendChartProps {
  label: string;
  points: readonly Point[];
  /** Of each point. */
  periods: readonly { from: string; to: string }[];
  every: string;
  lastIsOpen: boolean;
  /** The top of the scale, as a share. */
  highest: number;
  height: number;
}

/** A theme's share over time with its confidence band; the last period is hollow while it is not over. */
export default function TrendChart(props: TrendChartProps) {
  const { points, periods, every, lastIsOpen, highest, height } = props;
  const options = useMemo(() => {
    const data = points.map((point, place) => ({ ...point, place, at: new Date(periods[place]!.from) }));
    const known = data.filter(({ share }) => share !== null);
    // A band needs two periods in a row: one that stands alone has a line.
    const alone = known.filter(({ place }) => isNone(data[place - 1]) && isNone(data[place + 1]));
    const open = lastIsOpen ? data.at(-1) : undefined;
    const ticks = height < 150 ? 3 : 6;
    return {
      ...{ marginLeft: 44, marginBottom: every.endsWith('y') ? 22 : 34, marginTop: 8, marginRight: 18 },
      x: { type: 'utc', label: null },
      y: { domain: [0, highest], clamp: true, label: null },
      marks: [
        gridY({ ticks: 3, strokeOpacity: 0.12 }),
        areaY(data, { x: 'at', y1: 'low', y2: 'high', fill: 'var(--accent)', fillOpacity: 0.14 }),
        ruleX(alone, { x: 'at', y1: 'low', y2: 'high', stroke: 'var(--accent)', strokeOpacity: 0.3 }),
        lineY(data, { x: 'at', y: 'share', stroke: 'var(--accent)', strokeWidth: 1.75 }),
        dot(known, {
          ...{ x: 'at', y: 'share', r: 2.2, stroke: 'var(--accent)', strokeWidth: 1.2 },
          fill: (one: unknown) => (one === open ? 'var(--surface)' : 'var(--accent)'),
        }),
        axisX({ ticks, tickSize: 3 }),
        axisY({ ticks: 3, tickSize: 0, tickFormat: (share: number) => percent(share) }),
        tip(
          known,
          pointerX({ x: 'at', y: 'share', title: (one: (typeof known)[number]) => tipText(one, every) }),
        ),
      ],
    } as const;
  }, [points, periods, every, lastIsOpen, highest, height]);
  return <PlotFigure options={options as never} height={height} label={summary(props)} />;
}

function isNone(point: Point | undefined): boolean {
  return point === undefined || point.share === null;
}

function tipText(point: Point & { at: Date }, every: string): string {
  const when = period(point.at.toISOString().slice(0, 10), every);
  const band =
    point.low === null || point.high === null ? '' : ` (${percent(point.low)} to ${percent(point.high)})`;
  return `${when}: ${percent(point.share ?? 0)}${band}\n${count(point.count)} records`;
}

/** In words what the line shows. */
function summary({ label, points, periods, every }: TrendChartProps): string {
  const told = points.flatMap(({ share }, i) =>
    share === null ? [] : [`${period(periods[i]!.from, every)} ${percent(share)}`],
  );
  return `${label}, share by period: ${told.slice(-12).join(', ')}`;
}
