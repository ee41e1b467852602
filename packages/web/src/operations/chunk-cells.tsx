import { type KeyboardEvent, useRef } from 'react';
import { count } from '../format/numbers.ts';
import type { Calendar } from './calendar.ts';
import type { Chunk } from './chunks.tsx';

interface CellsProps {
  calendar: Calendar<Chunk>;
  /** Only chunks in this state stand out. */
  wanted: Chunk['state'] | undefined;
  open: string | undefined;
  onChoose: (chunk: string) => void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** One stop of the Tab key; arrows go from cell to cell. */
export function ChunkCells({ calendar, wanted, open, onChoose }: CellsProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { unit, years, others } = calendar;
  const first =
    years[0]?.groups.flatMap(({ cells }) => cells).find((cell) => cell !== undefined) ?? others[0];
  const stop = open ?? first?.chunk;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const cells = Array.from(frame.current!.querySelectorAll('button'));
    const at = cells.indexOf(document.activeElement as HTMLButtonElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    cells[at + step]?.focus();
  };
  const cell = (chunk: Chunk | undefined, key: string) =>
    chunk === undefined ? (
      <span key={key} className="cell-none" />
    ) : (
      <button
        key={key}
        type="button"
        tabIndex={chunk.chunk === stop ? 0 : -1}
        className={`cell cell-${chunk.state}${wanted !== undefined && wanted !== chunk.state ? ' faint' : ''}`}
        aria-label={`${chunk.chunk}, ${chunk.state}, ${count(chunk.records)} records`}
        aria-pressed={chunk.chunk === open}
        title={`${chunk.chunk}: ${chunk.state}, ${count(chunk.records)} records`}
        onClick={() => onChoose(chunk.chunk)}
      >
        {SIGNS[chunk.state]}
      </button>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the cells are buttons; the arrows lead from one to the next
    <div ref={frame} className={`calendar by-${unit}`} onKeyDown={onKeyDown}>
      {unit === 'month' && (
        <div className="calendar-months" aria-hidden="true">
          {[...'JFMAMJJASOND'].map((letter, month) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: months are known by their place
            <span key={month}>{letter}</span>
          ))}
        </div>
      )}
      {years.map(({ year, groups }) => (
        <section key={year} className="calendar-year">
          <h2>{year}</h2>
          <div className="calendar-groups">
            {groups.map(({ label, cells }) => (
              <div key={label} className="calendar-group">
                {label !== '' && <h3>{label}</h3>}
                <div className="calendar-cells">
                  {cells.map((chunk, place) => cell(chunk, chunk?.chunk ?? `none ${place}`))}
                </div>
              </div>
            ))}
          </div>
        </section>
      ))}
      {others.length > 0 && (
        <section className="calendar-year">
          {years.length > 0 && <h2>Others</h2>}
          <div className="calendar-cells calendar-others">
            {others.map((chunk) => cell(chunk, chunk.chunk))}
          </div>
        </section>
      )}
    </div>
  );
}

/** The colour alone would not be seen by all. */
const SIGNS = { done: '', running: '…', failed: '✕', abandoned: '!' } as const;
