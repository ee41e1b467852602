export type { Artifact } from './artifacts.ts';
export type { Config } from './config.ts';
export { type Connection, parseConnectionString } from './connection-string.ts';
export type { ArrayType, DataType, MapType, StructField, StructType } from './data-type.ts';
export {
  ConnectionStringError,
  ProtocolError,
  SessionLostError,
  SparkConnectError,
  SparkError,
  type SparkErrorCause,
  UnauthenticatedError,
  UnavailableError,
} from './errors.ts';
export { type Literal, literal, type Parameter } from './literal.ts';
export type { Relation } from './relation.ts';
export type { Row, Value } from './rows.ts';
export { type ConnectOptions, connect, type Interrupt, type Session } from './session.ts';
export type { ExecuteSettings, Limits, Progress, StageProgress } from './settings.ts';
export type { Write } from './write.ts';
