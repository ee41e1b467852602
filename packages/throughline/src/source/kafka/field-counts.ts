/** Which fields the messages of a stream have: a stream has no columns of its own, so they are counted. */
import type { SourceColumn } from '../source-columns.ts';
import { isNumberText } from './json-fields.ts';
import { isField } from './message-change.ts';

/** Of fewer messages nothing is said: a field of one in twenty is in 200 of them with a chance of 99.997 %. */
const ENOUGH = 200;
/** Of so many messages it is told that all of them lack a mapped field where another has a name much like it. */
const SOME = 20;
/** Names that are counted at a time, the mapped ones first: messages may have keys of their own, such as ids. */
const MOST_NAMES = 1_000;
const LONGEST_NAME = 200;
/** Of fewer values no type is said: one of them may be an accident. */
const ENOUGH_VALUES = 20;
/** A type that fewer of the values have is an accident, too. */
const LEAST_OF_TYPE = 0.1;
/** Of so many messages all that was counted counts half: fields of a long history that no message has had for years are none that are missing today. */
const HALVED_AT = 20_000;
const DIGITS = 10_000;

/** As it is kept between two processes. */
export interface KeptCounts {
  messages: number;
  /** By name, then by type of JSON; a null is no value. */
  fields: Record<string, Record<string, number>>;
}

interface AbsentFields {
  absent: string[];
  /** What is there and not mapped. */
  others: string[];
  messages: number;
}

/** Memory: 1,000 names. A message costs a step for each of its fields. */
export class FieldCounts {
  readonly #mapped: readonly string[];
  #messages = 0;
  #fields = new Map<string, Map<string, number>>();

  /** `columns`: those that records are made of. */
  constructor(columns: readonly string[]) {
    this.#mapped = columns.filter(isField);
    this.restart();
  }

  /** With what another process has counted. */
  goOn({ messages, fields }: KeptCounts): void {
    this.#messages += messages;
    for (const [name, kept] of Object.entries(fields)) {
      const types = this.#typesOf(name);
      for (const [type, count] of Object.entries(kept)) types?.set(type, (types.get(type) ?? 0) + count);
    }
  }

  add(fields: Readonly<Record<string, unknown>>): void {
    if (this.#messages >= HALVED_AT) this.#halve();
    this.#messages++;
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      if (value === null) continue;
      const types = this.#typesOf(name);
      const type = typeOf(value);
      types?.set(type, (types.get(type) ?? 0) + 1);
    }
  }

  /** Mapped fields that no message had, as far as that says something: from 200 messages on, or from 20 where `isSlip` says that another name is much like it. */
  absent(isSlip: (field: string, others: readonly string[]) => boolean): AbsentFields {
    const isThere = (name: string) => (this.#fields.get(name)?.size ?? 0) > 0;
    const others = [...this.#fields.keys()].filter((name) => isThere(name) && !this.#mapped.includes(name));
    const isEnough = (name: string) =>
      this.#messages >= ENOUGH || (this.#messages >= SOME && isSlip(name, others));
    const absent = this.#mapped.filter((name) => !isThere(name) && isEnough(name));
    return { absent, others, messages: this.#messages };
  }

  /** Mapped fields that some message had. */
  present(): string[] {
    return this.#mapped.filter((name) => (this.#fields.get(name)?.size ?? 0) > 0);
  }

  /** Each with the share of the messages that had it; then counting begins anew. Undefined, and counting goes on, as long as there are too few. */
  take(): SourceColumn[] | undefined {
    if (this.#messages < ENOUGH) return undefined;
    const columns = [...this.#fields].flatMap(([name, types]) => columnOf(name, types, this.#messages));
    this.restart();
    return columns.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What was counted is forgotten. */
  restart(): void {
    this.#messages = 0;
    this.#fields = new Map(this.#mapped.map((name) => [name, new Map()]));
  }

  kept(): KeptCounts {
    const fields = [...this.#fields].filter(([, { size }]) => size > 0);
    return {
      messages: this.#messages,
      fields: Object.fromEntries(fields.map(([name, types]) => [name, Object.fromEntries(types)])),
    };
  }

  #halve(): void {
    this.#messages /= 2;
    for (const [name, types] of this.#fields) {
      for (const [type, count] of types) {
        if (count > 1) types.set(type, count / 2);
        else types.delete(type);
      }
      // Room for other names.
      if (types.size === 0 && !this.#mapped.includes(name)) this.#fields.delete(name);
    }
  }

  #typesOf(name: string): Map<string, number> | undefined {
    const known = this.#fields.get(name);
    if (known !== undefined || this.#fields.size >= MOST_NAMES || name.length > LONGEST_NAME) return known;
    const types = new Map<string, number>();
    this.#fields.set(name, types);
    return types;
  }
}

function columnOf(name: string, types: ReadonlyMap<string, number>, messages: number): SourceColumn[] {
  const values = [...types.values()].reduce((sum, count) => sum + count, 0);
  if (values === 0) return [];
  // Never 0: some message had it.
  const share = Math.ceil((values / messages) * DIGITS) / DIGITS;
  const usual = [...types].filter(([, count]) => count >= values * LEAST_OF_TYPE).map(([type]) => type);
  return [{ name, share, ...(values >= ENOUGH_VALUES && { type: usual.sort().join(' | ') }) }];
}

function typeOf(value: unknown): string {
  if (isNumberText(value)) return 'number';
  return typeof value === 'object' ? 'nested' : typeof value;
}
