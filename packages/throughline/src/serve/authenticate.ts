/** Who is asking: by key, or anybody where the server stands on the loopback alone and nobody has made a key. */
import { isIP } from 'node:net';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Access, ANONYMOUS, accessOf } from './access.ts';
import type { Keyring } from './keys/keyring.ts';

export interface Credentials {
  authorization: string | undefined;
  /** The header of that name. */
  host: string | undefined;
  /** The header of that name: the page that a browser sends the request for. */
  origin: string | undefined;
  /** Whether a proxy says that it asks for somebody else. */
  forwarded: boolean;
}

export interface AuthenticateOptions {
  keyring: Keyring;
  isLoopback: boolean;
}

/** Throws with the code `unauthenticated`, or `host_refused` where a page of another site may be asking through a browser. */
export async function authenticate(
  { authorization, host, origin, forwarded }: Credentials,
  { keyring, isLoopback }: AuthenticateOptions,
): Promise<Access> {
  const text = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  const key = text === undefined ? undefined : await keyring.check(text);
  if (key) return accessOf(key);
  if (text !== undefined || !isLoopback || (await keyring.hasKeys()))
    throw unauthenticated(text !== undefined);
  if (forwarded) throw hostRefused();
  refuseOthers(host, origin);
  return ANONYMOUS;
}

function unauthenticated(isWrong: boolean): ThroughlineError {
  return new ThroughlineError(isWrong ? 'the key is not valid' : 'a key is missing', {
    code: 'unauthenticated',
    exitCode: EXIT.permission,
    hint: 'Send it as Authorization: Bearer KEY. To make one: throughline serve keys create NAME',
  });
}

/**
 * Without keys, only who names this machine is answered: a page whose own name was made to point to it (DNS rebinding), a proxy that
 * opens it to others, and forms of other sites are not.
 */
function refuseOthers(host: string | undefined, origin: string | undefined): void {
  if (host !== undefined && isLoopbackHost(hostnameOf(`http://${host}`)) && isOwn(origin)) return;
  throw hostRefused();
}

function hostRefused(): ThroughlineError {
  return new ThroughlineError('without keys only this machine is answered', {
    code: 'host_refused',
    exitCode: EXIT.permission,
    hint: 'Make a key: throughline serve keys create NAME. From then on one is asked for.',
  });
}

function isOwn(origin: string | undefined): boolean {
  return origin === undefined || isLoopbackHost(hostnameOf(origin));
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** `localhost`, 127.0.0.0/8, ::1; also in the brackets of an address. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}
