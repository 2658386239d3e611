import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { RefusalCode } from '#domain/refusals.ts';
import type { SignedDevice } from '#prisma/device-rows.ts';
import type { SignedIn } from './sessions.ts';

export const ROLES = ['approver', 'security-officer', 'help-desk', 'auditor', 'administrator', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who may come in. `public` and `claimant` need no session (a claimant's cookie is judged by the flow, with one answer for
 * unknown and foreign resets); `password-passed` is a session of either stage; `second-step` also lets in the half session that this
 * very step has just spent, so that a repeated request gets its answer; `this-machine` answers loopback, and others by role; a list names roles.
 */
export type Access =
  | 'public'
  | 'claimant'
  | 'this-machine'
  | 'password-passed'
  | 'second-step'
  | 'signed-in'
  | DeviceAccess
  | readonly Role[];

/** At the listener for devices only: any key, one that is enrolled and not revoked, or one that is active. */
export type DeviceAccess = 'device-key' | 'device-enrolled' | 'device';

export interface Reply {
  description: string;
  /** What leaves; a field that is not declared here never does. */
  schema?: z.ZodType;
  mediaType?: string;
}

export interface Contract<P, Q, B> {
  summary: string;
  access: Access;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  replies: Readonly<Record<number, Reply>>;
  refusals: readonly RefusalCode[];
  /** The answer holds a secret or sets a cookie, so no copy of it is kept, only of refusals; repeating is safe by the nonce alone. */
  keepNoAnswer?: boolean;
  /** Bytes of the body; 16 kB when absent. */
  longest?: number;
}

/** A request after every check: what was declared and nothing else. */
export interface Ask<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  source: string;
  /** Present whenever the access asks for a session. */
  session: SignedIn | undefined;
  browserToken: string | undefined;
  sessionToken: string | undefined;
  /** The Idempotency-Key, or a random one: the same nonce means the same deed. */
  nonce: string;
  /** Whether the sender named a key, and so may send the same again. */
  repeatable: boolean;
  /** Whose key the connection is, at the listener for devices. */
  device?: DeviceCaller;
  /** For streams only. */
  request: Request;
  response: Response;
}

/** Who is at the other end of a connection of a device: its key, and the device that is enrolled with it. */
export interface DeviceCaller {
  keyHash: string;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
  device: SignedDevice | undefined;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  cookie?: string;
}

export type Handler<P, Q, B> = (ask: Ask<P, Q, B>) => Promise<Answer | 'streamed'>;

/** A contract with the code that keeps it. Its address is given where all addresses stand: in urls.ts. */
export interface Endpoint<P = unknown, Q = unknown, B = unknown> extends Contract<P, Q, B> {
  handle: Handler<P, Q, B>;
}

export function endpoint<P = Record<string, never>, Q = Record<string, never>, B = Record<string, never>>(
  contract: Contract<P, Q, B>,
  handle: Handler<P, Q, B>,
): Endpoint<P, Q, B> {
  return { ...contract, handle };
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Route {
  method: Method;
  /** As OpenAPI writes it: /api/v1/resets/{id} */
  path: string;
  endpoint: Endpoint;
}

export function at<P, Q, B>(method: Method, path: string, of: Endpoint<P, Q, B>): Route {
  return { method, path, endpoint: of as unknown as Endpoint }; // the door parses by the same schemas before it calls
}

export function needsNoSession(access: Access): boolean {
  return access === 'public' || access === 'claimant';
}

/** An OpenAPI path as the router wants it. */
export function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** The session of an endpoint whose access asks for one. */
export function signedIn(ask: { session: SignedIn | undefined }): SignedIn {
  if (!ask.session) throw new Error('an endpoint without a session asked for one');
  return ask.session;
}

/** The device of an endpoint whose access asks for one. */
export function deviceOf(ask: { device?: DeviceCaller }): SignedDevice {
  if (!ask.device?.device) throw new Error('an endpoint without a device asked for one');
  return ask.device.device;
}
