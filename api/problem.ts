import { randomBytes } from 'node:crypto';
import type { Next } from '#domain/next.ts';
import { isRefusalCode, Refusal, REFUSALS, type PasswordReason, type RefusalCode } from '#domain/refusals.ts';
import { RefusedStep } from './refused-step.ts';

/** RFC 9457 problem details; `code` is the stable member, `detail` the sentence for the person. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: RefusalCode;
  detail: string;
  reasons?: PasswordReason[];
  next?: Next;
  retryAfter?: number;
  incident?: string;
}

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Turns whatever was thrown into a problem. What is not a refusal becomes an incident: its number is shown and logged, its content is neither. */
export function problemOf(error: unknown, log: Logger): Problem {
  const refusal = refusalOf(error);
  if (refusal) return problemOfRefusal(refusal);
  const incident = randomBytes(6).toString('hex');
  log.error({ incident, ...traceOf(error) }, 'incident');
  return { ...problemOfRefusal(new Refusal('incident', { detail: `${REFUSALS.incident.words} Number: ${incident}` })), incident };
}

function problemOfRefusal(refusal: Refusal): Problem {
  const { status, words } = REFUSALS[refusal.code];
  return {
    type: `urn:countersign:refusal:${refusal.code}`,
    title: words,
    status,
    code: refusal.code,
    detail: refusal.detail ?? words,
    ...(refusal.reasons.length > 0 ? { reasons: [...refusal.reasons] } : {}),
    ...(refusal instanceof RefusedStep ? { next: refusal.next } : {}),
    ...(refusal.retryAfterSeconds === undefined ? {} : { retryAfter: refusal.retryAfterSeconds }),
  };
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const { code, type, status } = (error ?? {}) as { code?: unknown; type?: unknown; status?: unknown }; // only looked at, never trusted
  if (type === 'entity.too.large') return new Refusal('too-large');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return new Refusal('wrong-media-type');
  // body-parser and the router mark what the sender did wrong with a 4xx status.
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal('bad-request');
  if (typeof code === 'string' && DATABASE_AWAY.has(code)) return new Refusal('service-unavailable', { retryAfterSeconds: 10 });
  return isRefusalCode(code) ? new Refusal(code) : undefined;
}

/** PostgreSQL cannot be reached, or ended the connection: a retry will help, nothing is broken here. */
const DATABASE_AWAY = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'ECONNREFUSED',
  'ECONNRESET',
  '57P01',
  '57P03',
  '08006',
  '08001',
]);

/** Where it broke, not with what: error messages of drivers quote values. */
export function traceOf(error: unknown): { kind: string; at: string[] } {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] };
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .slice(0, 8);
  return { kind: error.name, at };
}
