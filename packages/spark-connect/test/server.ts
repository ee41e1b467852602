/** One Spark Connect server for all tests of a file, and sessions on it. */
import { after } from 'node:test';
import { sparkConnect } from '../../../engines/spark-connect.ts';
import {
  type ConnectOptions,
  connect,
  type ExecuteSettings,
  type Relation,
  type Row,
  type Session,
} from '../src/index.ts';

const TOKEN = 'a token; with=signs';

/** Streams end after 4 MB, so that every big result is read by several of them. */
const engine = await sparkConnect({
  'spark.connect.authenticate.token': TOKEN,
  'spark.connect.execute.reattachable.senderMaxStreamSize': '4m',
  'spark.connect.progress.reportInterval': '200ms',
});

/** For `test`: the reason why there is no server, or false. */
export const skip = engine.ok ? false : engine.reason;
export const port = engine.ok ? engine.port : 0;
export const url = urlOf(port);

function urlOf(at: number): string {
  return `sc://127.0.0.1:${at}/;token=${encodeURIComponent(TOKEN)}`;
}

const sessions: Session[] = [];

/** A new session, closed after the last test. */
export async function open(options: ConnectOptions & { port?: number } = {}): Promise<Session> {
  const session = await connect(urlOf(options.port ?? port), options);
  sessions.push(session);
  return session;
}

export async function rows(relation: Relation, settings: ExecuteSettings = {}): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of relation.rows(settings)) all.push(row);
  return all;
}

after(async () => {
  for (const session of sessions) await session.close();
  if (engine.ok) await engine.stop();
});
