import type { Request, Response } from 'express';
import { REFUSALS, type PasswordReason, type RefusalCode } from '#domain/refusals.ts';
import { sendPage } from './headers.ts';
import { problemPage } from './pages/problem.ts';
import type { Problem } from '#domain/form-problems.ts';
import type { PortalSite } from './site.ts';

/** What was thrown, in terms that a page can show. An `incident` is already logged and carries its number. */
export interface Explained {
  code: RefusalCode;
  reasons?: readonly PasswordReason[];
  /** Seconds. */
  retryAfter?: number;
  incident?: string;
}

export function problemOf({ code, reasons, retryAfter }: Explained): Problem {
  return { codes: [code], ...(reasons ? { reasons } : {}), retryAfterSeconds: retryAfter };
}

/** A page of its own for whatever no form can show: what happened, and the way back to where the person was. */
export function sendProblem(site: PortalSite, explained: Explained, req: Request, res: Response): void {
  const { code, incident, retryAfter } = explained;
  const back = /^\/reset\/(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}(?=\/|$)/.exec(req.path)?.[0] ?? (req.path === '/reset/resume' ? req.path : '/');
  if (retryAfter !== undefined) res.set('Retry-After', String(Math.max(1, Math.ceil(retryAfter))));
  sendPage(res, REFUSALS[code].status, problemPage(site, { code, back: code === 'not-found' ? '/' : back, incident }));
}
