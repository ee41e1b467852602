interface SparklineProps {
  /** From the oldest on. */
  values: readonly number[];
  /** What reaches the upper edge; what is higher stays there. */
  top: number;
  label: string;
}

const [WIDTH, HEIGHT, EDGE] = [88, 22, 2];

/** A line without axes: the shape of a trend at a glance. */
export function Sparkline({ values, top, label }: SparklineProps) {
  if (values.length < 2) return null;
  const x = (i: number) => EDGE + (i * (WIDTH - 2 * EDGE)) / (values.length - 1);
  const y = (value: number) => HEIGHT - EDGE - (Math.min(value, top) / top) * (HEIGHT - 2 * EDGE);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  const last = values.length - 1;
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img">
      <title>{label}</title>
      <polygon points={`${x(0)},${HEIGHT} ${points.join(' ')} ${x(last)},${HEIGHT}`} className="spark-area" />
      <polyline points={points.join(' ')} className="spark-line" />
      <circle cx={x(last)} cy={y(values[last]!)} r="2" className="spark-end" />
    </svg>
  );
}
