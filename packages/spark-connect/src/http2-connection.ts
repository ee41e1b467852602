import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';

export interface Http2Options {
  /** A connection on which nothing came for so long is tested, or made anew if nothing is under way on it. */
  keepAliveMs: number;
  /** Certificates to trust, in PEM, instead of the system's. */
  ca?: string | Buffer;
}

/** Bytes that the server may send ahead of their reader: an Arrow batch is at most 4 MB. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** An answer to a test is waited for so long, or for `keepAliveMs` if that is shorter. */
const PING_TIMEOUT_MS = 20_000;

/**
 * One HTTP/2 connection at a time, made when a request needs it and made anew when it broke. connect-node has a manager
 * of its own; this one never lets an error of a dying connection become an uncaught exception, and widens the window
 * of the connection, which is 64 kB otherwise: too little for results over a slow line.
 */
export class Http2Connection {
  readonly authority: string;
  readonly #options: Http2Options;
  #session: Promise<ClientHttp2Session> | undefined;
  #lastByteAt = 0;

  constructor(authority: string, options: Http2Options) {
    this.authority = authority;
    this.#options = options;
  }

  /** Begins a request. A connection in use keeps the process alive; an idle one does not. */
  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    options: object,
  ): Promise<ClientHttp2Stream> {
    const session = await this.#ready();
    const stream = session.request({ ...headers, ':method': method, ':path': path }, options);
    this.#lastByteAt = performance.now();
    session.ref();
    const timer = setInterval(() => this.#test(session), this.#options.keepAliveMs).unref();
    stream.on('close', () => {
      clearInterval(timer);
      if (!session.destroyed && openStreams(session, -1) === 0) session.unref();
    });
    openStreams(session, 1);
    return stream;
  }

  /** The connection is alive. */
  notifyResponseByteRead(): void {
    this.#lastByteAt = performance.now();
  }

  /** Ends the connection and what is under way on it. */
  close(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.then((open) => open.destroy(undefined, http2.constants.NGHTTP2_CANCEL)).catch(() => {});
  }

  async #ready(): Promise<ClientHttp2Session> {
    const session = await this.#session?.catch(() => undefined);
    if (session !== undefined && !session.closed && !session.destroyed && !this.#isStale(session))
      return session;
    session?.close();
    this.#session = this.#connect();
    return await this.#session;
  }

  /** Something between here and the server may have forgotten the connection. */
  #isStale(session: ClientHttp2Session): boolean {
    return openStreams(session, 0) === 0 && this.#isSilent();
  }

  #isSilent(): boolean {
    return performance.now() - this.#lastByteAt >= this.#options.keepAliveMs;
  }

  #connect(): Promise<ClientHttp2Session> {
    const { ca } = this.#options;
    const session = http2.connect(this.authority, {
      settings: { initialWindowSize: WINDOW_BYTES },
      minVersion: 'TLSv1.2',
      ...(ca !== undefined && { ca }),
    });
    return new Promise((resolve, reject) => {
      session.on('error', reject); // stays: a later error is told by the streams that it ends
      session.on('close', () => reject(new Error('the connection was closed')));
      session.on('connect', () => {
        session.setLocalWindowSize(WINDOW_BYTES);
        this.#lastByteAt = performance.now();
        resolve(session);
      });
    });
  }

  #test(session: ClientHttp2Session): void {
    if (session.destroyed || !this.#isSilent()) return;
    const patienceMs = Math.min(PING_TIMEOUT_MS, this.#options.keepAliveMs);
    const late = setTimeout(() => session.destroy(new Error('the connection is dead')), patienceMs);
    session.ping(() => clearTimeout(late));
  }
}

const counts = new WeakMap<ClientHttp2Session, number>();

/** Requests under way on a connection, after `change`. */
function openStreams(session: ClientHttp2Session, change: number): number {
  const count = (counts.get(session) ?? 0) + change;
  counts.set(session, count);
  return count;
}
