import { HttpError } from 'react-admin';

/** A refusal of the interface (RFC 9457): `detail` is a sentence for the person, `code` is stable. */
export type Problem = { title?: string; status?: number; code?: string; detail?: string; reasons?: string[] };

export type Request = { method?: 'GET' | 'POST' | 'DELETE'; body?: unknown; signal?: AbortSignal | undefined; idempotencyKey?: string };

/**
 * Asks the interface and answers its JSON (undefined for 204). Throws HttpError with the problem as body; status 0 means
 * that no answer came, so that what was asked may or may not have happened.
 */
export async function request<T>(path: string, { method = 'GET', body, signal, idempotencyKey }: Request = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-Countersign'] = '1';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey;
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new HttpError('cs.problem.noAnswer', 0, { code: 'no-answer' });
  });
  if (answer.status === 204) return undefined as T;
  const parsed = (await answer.json().catch(() => undefined)) as T & Problem;
  if (answer.ok && parsed !== undefined) return parsed;
  const problem: Problem = parsed ?? {};
  throw new HttpError(problem.detail ?? problem.title ?? 'cs.problem.unreadable', answer.status, problem);
}

/** The problem inside whatever was thrown; an empty one for errors that are not the interface's. */
export function problemOf(error: unknown): Problem & { status: number } {
  if (!(error instanceof HttpError)) return { status: -1 };
  return { ...(error.body as Problem), status: Number(error.status) };
}
