/** Kafka for tests and benches: a real broker, which is its own controller, on the loopback. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Engine, engine } from './engine.ts';
import { freePort } from './free-port.ts';
import { madeOnce } from './made-once.ts';
import { mavenJars } from './maven-jars.ts';
import { java, spawnWithUs } from './with-us.ts';

const run = promisify(execFile);

export interface Kafka {
  /** `127.0.0.1:PORT` */
  broker: string;
  /** The same broker for who names itself, by SASL/PLAIN. */
  sasl: { broker: string; username: string; password: string };
  /** The same broker by TLS, and the file with its certificate. */
  tls: { broker: string; ca: string };
  /** Ends it as a machine does that loses its power. */
  kill(): Promise<void>;
  /** Ends it in order; `start` goes on with the same topics on the same ports. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends it; its topics end with it. */
  stop(): Promise<void>;
}

/** The newest that the client is tested with, and where its log goes: without, it is silent. */
const COORDINATES = ['org.apache.kafka:kafka_2.13:4.2.1', 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4'];
const USER = { username: 'tester', password: 'p@ss word' };
/** Its id, 16 bytes as base64 for addresses. */
const CLUSTER = 'dGhyb3VnaGxpbmUtMDAwMQ';
const START_MS = 60_000;

/** Some 45 MB of jars in the user's cache, fetched once; it takes Java 17 with its keytool, and Maven. Starts in some 3 s. */
export async function kafka(): Promise<Engine<Kafka>> {
  return await engine('Kafka', async () => {
    const jars = await mavenJars({ coordinates: COORDINATES });
    const folder = await mkdtemp(join(tmpdir(), 'throughline-kafka-'));
    try {
      return await startIn(folder, jars);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
}

interface Ports {
  plain: number;
  sasl: number;
  tls: number;
  controller: number;
}

async function startIn(folder: string, jars: readonly string[]): Promise<Kafka> {
  const [plain, sasl, tls, controller] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const ports = { plain, sasl, tls, controller };
  const certificate = await selfSigned();
  await writeFile(join(folder, 'server.properties'), serverProperties(folder, ports, certificate.store));
  await writeFile(join(folder, 'log4j2.yaml'), LOGGING);
  await cp(join(await formatted(jars), 'data'), join(folder, 'data'), { recursive: true });
  const command = [java(), ...QUICK, `-Dlog4j2.configurationFile=${join(folder, 'log4j2.yaml')}`];
  const main = ['-cp', jars.join(delimiter), 'kafka.Kafka', join(folder, 'server.properties')];
  const start = () => startBroker([...command, ...main], folder);
  let running = await start();
  const kill = async () => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const ended = once(running.child, 'exit');
    running.child.kill('SIGKILL');
    await ended;
  };
  return {
    broker: `127.0.0.1:${ports.plain}`,
    sasl: { broker: `127.0.0.1:${ports.sasl}`, ...USER },
    tls: { broker: `127.0.0.1:${ports.tls}`, ca: certificate.file },
    kill,
    halt: () => running.stop(),
    start: async () => {
      running = await start();
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A process that lives for minutes: only the quick compiler, one core's collector. */
const QUICK = ['-Xmx512m', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

async function startBroker(command: readonly string[], folder: string) {
  const started = spawnWithUs(command, { cwd: folder });
  const lines = createInterface({ input: started.child.stderr! });
  let last = 'nothing';
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`Kafka ${what}; it said: ${last}`));
    const timer = setTimeout(() => fail('did not start in time'), START_MS);
    started.child.once('exit', () => fail('ended before it was ready'));
    lines.on('line', (line) => {
      last = line;
      if (!line.includes('Kafka Server started')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  await ready.catch(async (error) => {
    await started.stop();
    throw error;
  });
  return started;
}

/** What `kafka-storage.sh format` writes into the empty folder of a broker; its ports are not in it. Made once: it takes a Java. */
async function formatted(jars: readonly string[]): Promise<string> {
  const properties = (folder: string) =>
    serverProperties(folder, { plain: 9092, sasl: 9094, tls: 9095, controller: 9093 });
  return await madeOnce('kafka-storage', [COORDINATES, CLUSTER, properties('')], async (made) => {
    await mkdir(made);
    const file = join(made, 'server.properties');
    await writeFile(file, properties(made));
    const tool = ['-cp', jars.join(delimiter), 'kafka.tools.StorageTool', 'format'];
    await run(java(), [...QUICK, ...tool, '--cluster-id', CLUSTER, '--config', file]);
  });
}

/** A certificate of the loopback that nobody else trusts, made once. */
async function selfSigned(): Promise<{ store: string; file: string }> {
  const names = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '3650', '-keyalg', 'EC'];
  const folder = await madeOnce('kafka-certificate', [names, USER], async (made) => {
    await mkdir(made);
    const store = ['-alias', 'broker', '-keystore', join(made, 'store.p12'), '-storepass', USER.password];
    await run('keytool', ['-genkeypair', ...store, '-storetype', 'PKCS12', ...names]);
    await run('keytool', ['-exportcert', ...store, '-rfc', '-file', join(made, 'broker.pem')]);
  });
  return { store: join(folder, 'store.p12'), file: join(folder, 'broker.pem') };
}

function serverProperties(folder: string, { plain, sasl, tls, controller }: Ports, store = ''): string {
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAIN://127.0.0.1:${plain},SASL://127.0.0.1:${sasl},TLS://127.0.0.1:${tls},CONTROLLER://127.0.0.1:${controller}`,
    'listener.security.protocol.map': 'PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAIN',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl.plain.sasl.jaas.config': `${login} required user_${USER.username}="${USER.password}";`,
    'listener.name.tls.ssl.keystore.type': 'PKCS12',
    'listener.name.tls.ssl.keystore.location': store,
    'listener.name.tls.ssl.keystore.password': USER.password,
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // One that was killed is soon let in again.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Faults, and that it has started. */
const LOGGING = `Configuration:
  status: error
  Appenders:
    Console: { name: E, target: SYSTEM_ERR, PatternLayout: { pattern: "%p %c %m%n" } }
  Loggers:
    Root: { level: error, AppenderRef: { ref: E } }
    Logger: { name: kafka.server.KafkaRaftServer, level: info }
`;
