import type { Request, Response } from 'express';
import { isRefusalCode, REFUSALS, type Refusal, type RefusalCode } from '#domain/refusals.ts';
import { sendPage } from './headers.ts';
import { problemPage } from './pages/problem.ts';
import type { Problem } from './problems.ts';
import type { PortalSite } from './site.ts';

/** Recognised by its code: errors cross module and process borders, where classes do not compare. */
export function asRefusal(error: unknown): Pick<Refusal, 'code' | 'reasons' | 'retryAfterSeconds'> | undefined {
  return error instanceof Error && 'code' in error && isRefusalCode(error.code) ? (error as Refusal) : undefined;
}

/** A refusal as the form shows it. Anything else is not for the person to mend and is thrown on. */
export function problemFrom(error: unknown): Problem {
  const refusal = asRefusal(error);
  if (refusal === undefined) throw error;
  return { codes: [refusal.code], reasons: refusal.reasons, retryAfterSeconds: refusal.retryAfterSeconds };
}

export function setRetryAfter(res: Response, seconds: number | undefined): void {
  if (seconds !== undefined) res.set('Retry-After', String(Math.max(1, Math.ceil(seconds))));
}

/** A page of its own for whatever no form can show. What nobody expected is reported and shown as a number only. */
export function sendProblem(site: PortalSite, report: (error: unknown) => string, error: unknown, req: Request, res: Response): void {
  const refusal = asRefusal(error);
  const code = refusal?.code ?? codeOfBodyParser(error);
  const back = /^\/reset\/(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}(?=\/|$)/.exec(req.path)?.[0] ?? (req.path === '/reset/resume' ? req.path : '/');
  setRetryAfter(res, refusal?.retryAfterSeconds);
  sendPage(res, REFUSALS[code].status, problemPage(site, { code, back, incident: code === 'incident' ? report(error) : undefined }));
}

/** body-parser and the router give their errors a status instead of a code. */
function codeOfBodyParser(error: unknown): RefusalCode {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 413) return 'too-large';
  if (status === 415) return 'wrong-media-type';
  return status === 400 ? 'bad-request' : 'incident';
}
