/** Where one partition of a topic is read, and what was fetched of it and not yet given. */
import { EXIT, ThroughlineError } from '../../error.ts';
import type { Message } from './committed-messages.ts';

export interface Partition {
  readonly id: number;
  readonly stream: string;
  /** Position that was given last; null where nothing was. */
  after: number | null;
  /** Offset to fetch next. */
  next: number;
  /** Offset at which it ends; of one that is followed, none. */
  readonly end: number | undefined;
  /** Fetched and not given, in order; all below `next`. */
  waiting: Message[];
  /** What waits takes so many, unpacked. */
  waitingBytes: number;
  /** Offset behind all that is committed, as the broker has last said: the last stable offset. */
  stable: number;
  /** When a position was given last, in milliseconds of the process. */
  givenAt: number;
  /** It begins at the newest message, and nobody has committed that yet: a next run would begin at one that is newer still. */
  isUnmarked: boolean;
}

/** What the broker has of a partition: offset of the first message, and of the one that comes next. */
export interface Range {
  start: number;
  end: number;
}

export function streamOf(topic: string, id: number): string {
  return `kafka:${topic}/${id}`;
}

export function isDone({ end, next, waiting }: Partition): boolean {
  return end !== undefined && next >= end && waiting.length === 0;
}

/** The oldest of what was fetched; it waits for nothing: what is there now is a batch. */
export function take(partition: Partition, most: number): Message[] {
  const taken = partition.waiting.slice(0, most);
  partition.waiting = partition.waiting.slice(most);
  partition.waitingBytes -= bytesOf(taken);
  return taken;
}

/**
 * Where it stands: behind the last message that was taken. When nothing waits, behind the marks and aborted messages too that came
 * after it: they go from the topic as messages do, and a position before them would be taken for a gap then.
 */
export function standsAt({ waiting, next }: Partition): number {
  return (waiting[0]?.offset ?? next) - 1;
}

/** How much of it is known to be behind where it stands: what waits, and offsets that are committed and not fetched. */
export function behind({ waiting, stable, next, end = stable }: Partition): number {
  return waiting.length + Math.max(0, Math.min(stable, end) - next);
}

const MARK_MS = 10_000;

/**
 * Whether its position alone is to be committed: where it begins at the newest message, and where nothing but marks and aborted messages
 * came for some seconds, or to its end.
 */
export function wantsMark(partition: Partition, now: number): boolean {
  const { isUnmarked, waiting, after, givenAt } = partition;
  if (isUnmarked) return true;
  if (waiting.length > 0 || standsAt(partition) <= (after ?? NOTHING)) return false;
  return isDone(partition) || now - givenAt >= MARK_MS;
}

/** Position of whoever has read nothing. */
const NOTHING = -1;

/** Nothing of it waits, and there may be more. */
export function isEmpty({ end, next, waiting }: Partition): boolean {
  return waiting.length === 0 && (end === undefined || next < end);
}

/** What a broker has answered to a request for `next`, when nothing waited; what is behind the end is left to another time. */
export function receive(partition: Partition, messages: readonly Message[], next: number): void {
  const { end } = partition;
  const wanted = end === undefined ? messages : messages.filter(({ offset }) => offset < end);
  partition.waiting = [...wanted];
  partition.waitingBytes = bytesOf(wanted);
  partition.next = end === undefined ? next : Math.min(next, end);
}

/** Of an empty message: what the process keeps of its place. */
const MESSAGE_BYTES = 200;

function bytesOf(messages: readonly Message[]): number {
  const length = (bytes: Buffer | null) => bytes?.length ?? 0;
  return messages.reduce(
    (sum, { key, value, headers }) =>
      headers.reduce(
        (size, [name, header]) => size + length(name) + length(header),
        sum + MESSAGE_BYTES + length(key) + length(value),
      ),
    0,
  );
}

export interface Gap {
  stream: string;
  /** Offsets that are lost, both included. */
  first: number;
  last: number;
}

/**
 * The offset to begin at: behind the committed position, or `first`. Where messages between are gone `onGap` decides. Throws where
 * it says `fail`, and where the topic has less than was read of it.
 */
export function beginAt(
  stream: string,
  { position, range, first }: { position: number | null; range: Range; first: number },
  onGap: (gap: Gap) => 'fail' | 'skip',
): number {
  if (position === null) return Math.min(Math.max(first, range.start), range.end);
  const next = position + 1;
  if (next > range.end) throw replaced(stream, next, range);
  if (next >= range.start) return next;
  const gap = { stream, first: next, last: range.start - 1 };
  if (onGap(gap) === 'fail') throw gapError(gap);
  return range.start;
}

export function gapText({ stream, first, last }: Gap): string {
  return `${stream}: offsets ${first} to ${last} were deleted before they were read`;
}

function gapError(gap: Gap): ThroughlineError {
  return new ThroughlineError(gapText(gap), {
    code: 'source_gap',
    exitCode: EXIT.badData,
    hint: 'Whatever they said is lost to the lake. Send those records again, then go on behind them with source: { onGap: skip }; and let the topic keep messages for longer than a run may be away (retention.ms).',
  });
}

function replaced(stream: string, next: number, { end }: Range): ThroughlineError {
  return new ThroughlineError(
    `${stream}: the next offset to read is ${next}, and the topic ends before ${end}`,
    {
      code: 'source_replaced',
      exitCode: EXIT.badData,
      hint: 'The topic was made anew, or its end was lost with a broker. Read it into a lake of its own: lake: OTHER.',
    },
  );
}
