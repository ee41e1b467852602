import { percent } from '../format/numbers.ts';

interface ChangeProps {
  change: 'more' | 'less' | 'new' | 'none';
  share: number;
  before: number;
}

const TEXTS = { more: '▲ more', less: '▼ less', new: '● new' } as const;

/** How a theme's share of the last whole period differs from what it was before. */
export function ChangeBadge({ change, share, before }: ChangeProps) {
  if (change === 'none') return null;
  const title =
    change === 'new' ? `${percent(share)} now` : `${percent(before)} before, ${percent(share)} now`;
  return (
    <span className={`badge change-${change}`} title={title}>
      {TEXTS[change]}
    </span>
  );
}
