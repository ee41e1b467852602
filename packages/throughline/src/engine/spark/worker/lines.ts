/** Longer than any row that a source lets through; what comes without a line break is not gathered for ever. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * Lines of a stream of bytes, without their 0x0A, which alone ends a line: texts hold other line breaks. The last line may
 * lack it; an empty line is none. Throws RangeError for a line of more than `most` bytes.
 */
export async function* linesOf(
  input: AsyncIterable<Buffer>,
  most = MOST_LINE_BYTES,
): AsyncGenerator<Buffer, void, void> {
  const held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...held.splice(0), chunk.subarray(from, end)]);
      bytes = 0;
      from = end + 1;
      if (line.length > 0) yield line;
    }
    held.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > most) throw new RangeError(`a line has more than ${most} bytes`);
  }
  if (bytes > 0) yield Buffer.concat(held);
}
