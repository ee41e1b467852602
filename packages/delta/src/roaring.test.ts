import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CorruptLogError } from './errors.ts';
import { decodeRoaring } from './roaring.ts';

/** Writes the format as its specification says, with the kind of container that is asked for. */
function encode(values: readonly number[], kind: 'plain' | 'runs'): Buffer {
  const highs = groupBy(values, (value) => Math.floor(value / 2 ** 32));
  const parts = [uint32(1681511377), uint64(highs.size)];
  for (const [high, lows] of highs) parts.push(uint32(high), bitmap32(lows, kind));
  return Buffer.concat(parts);
}

function bitmap32(values: readonly number[], kind: 'plain' | 'runs'): Buffer {
  const containers = [...groupBy(values, (value) => Math.floor((value % 2 ** 32) / 2 ** 16))];
  const bodies = containers.map(([, inside]) =>
    container(
      inside.map((value) => value % 2 ** 16),
      kind,
    ),
  );
  const keys = containers.map(([key, inside]) => Buffer.concat([uint16(key), uint16(inside.length - 1)]));
  const offsets = Buffer.alloc(4 * containers.length); // no reader needs them to be right
  if (kind === 'plain') {
    return Buffer.concat([uint32(12346), uint32(containers.length), ...keys, offsets, ...bodies]);
  }
  const flags = Buffer.alloc(Math.ceil(containers.length / 8), 0xff);
  const cookie = uint32(12347 + (containers.length - 1) * 2 ** 16);
  const table = containers.length >= 4 ? [offsets] : [];
  return Buffer.concat([cookie, flags, ...keys, ...table, ...bodies]);
}

function container(values: readonly number[], kind: 'plain' | 'runs'): Buffer {
  if (kind === 'runs') {
    const runs: [number, number][] = [];
    for (const value of values) {
      const last = runs.at(-1);
      if (last !== undefined && last[0] + last[1] + 1 === value) last[1]++;
      else runs.push([value, 0]);
    }
    return Buffer.concat([
      uint16(runs.length),
      ...runs.flatMap(([start, more]) => [uint16(start), uint16(more)]),
    ]);
  }
  if (values.length <= 4096) return Buffer.concat(values.map(uint16));
  const bits = Buffer.alloc(8192);
  for (const value of values) bits[value >> 3]! |= 1 << (value & 7);
  return bits;
}

function groupBy(values: readonly number[], key: (value: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), [value]);
    else group.push(value);
  }
  return groups;
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

const rows = fc.uniqueArray(
  fc.oneof(fc.nat(300), fc.nat(200_000), fc.nat(2 ** 31), fc.integer({ min: 2 ** 32, max: 2 ** 34 })),
  { maxLength: 60 },
);

test('whatever rows are deleted, they are read from arrays and from runs', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('plain' as const, 'runs' as const), (values, kind) => {
      const sorted = values.toSorted((a, b) => a - b);
      assert.deepEqual([...decodeRoaring(encode(sorted, kind))], sorted);
    }),
  );
});

test('a container of more than 4,096 rows is a bitmap', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => 65_536 + index * 3);
  assert.deepEqual([...decodeRoaring(encode(many, 'plain'))], many);
});

test('bytes that are cut, or of another format, are an error and not other rows', () => {
  const bytes = encode([1, 5, 70_000], 'plain');
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => [...decodeRoaring(bytes.subarray(0, length))], CorruptLogError);
  }
  assert.throws(() => [...decodeRoaring(Buffer.alloc(64))], CorruptLogError);
});
