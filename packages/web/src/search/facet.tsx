import { useId, useState } from 'react';
import { compact } from '../format/numbers.ts';
import { words } from '../format/words.ts';
import type { FacetValue } from './search-state.ts';

interface FacetProps {
  name: string;
  counts: readonly { value: FacetValue; records: number }[];
  chosen: readonly FacetValue[];
  onChange: (chosen: readonly FacetValue[]) => void;
}

const FEW = 6;

/** The values of an attribute with the records of each; chosen ones stay in sight. */
export function Facet({ name, counts, chosen, onChange }: FacetProps) {
  const [all, setAll] = useState(false);
  const heading = useId();
  const missing = chosen.filter((value) => !counts.some((one) => one.value === value));
  const rows = [...missing.map((value) => ({ value, records: 0 })), ...counts];
  const shown = all
    ? rows
    : rows.filter(({ value }, i) => i < FEW + missing.length || chosen.includes(value));
  if (rows.length === 0) return null;
  const toggle = (value: FacetValue) =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className="facet">
      <legend id={heading}>{words(name)}</legend>
      {shown.map(({ value, records }) => (
        <label key={`${typeof value} ${value}`} className={records === 0 ? 'none' : ''}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <span className="facet-value" title={valueText(value)}>
            {valueText(value)}
          </span>
          <span className="facet-count">{compact(records)}</span>
        </label>
      ))}
      {rows.length > shown.length || all ? (
        <button type="button" className="link" aria-describedby={heading} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `${rows.length - shown.length} more`}
        </button>
      ) : null}
    </fieldset>
  );
}

function valueText(value: FacetValue): string {
  if (value === null) return '(none)';
  return value === '' ? '(empty)' : String(value);
}
