import { type Request, type Response, Router } from 'express';
import { normaliseReference } from '#domain/codes.ts';
import { Refusal } from '#domain/refusals.ts';
import type { Begun, PortalFlow, Shown } from '#api/portal-flow.ts';
import { type Explained, problemOf, sendProblem } from './answers.ts';
import { forgetReturn, holdReset, returnToken } from './cookies.ts';
import type { Flashes } from './flash.ts';
import type { FormTokens } from './form-token.ts';
import { sendOn, sendPage } from './headers.ts';
import { keyAnswer } from './key-answer.ts';
import { resumePage } from './pages/resume.ts';
import { returnPage } from './pages/return.ts';
import { type Problem, problemLines } from '#domain/form-problems.ts';
import { FORMS, readForm, sentFields } from './sent-form.ts';
import { referenceProblems, resumeProblems, returnMethod } from '#domain/form-shape.ts';
import type { PortalSite } from './site.ts';

export interface ReturnPages {
  flow: Pick<PortalFlow, 'resume' | 'waysBack'>;
  site: PortalSite;
  tokens: FormTokens;
  flash: Flashes;
  explain: (error: unknown) => Explained;
  sourceOf: (remoteAddress: string | undefined) => string;
}

type OfReset = Request<{ reference: string }>;

/** Where somebody comes back to a reset: with reference and code, or with reference and a security key or smart card. */
export function returnPages({ flow, site, tokens, flash, explain, sourceOf }: ReturnPages): Router {
  const router = Router({ caseSensitive: true });
  const ours = <F extends { nonce: string; token: string }>(req: Request<object>, fields: F): F => {
    if (!tokens.isOurs(req as Request, fields)) throw new Refusal('form-expired');
    return fields;
  };

  /** Brings the reset to this browser, or says again what was wrong. */
  async function bring(
    req: Request<object>,
    res: Response,
    of: { reference: string; nonce: string; shown: Shown; again: (problem: Problem) => void },
  ): Promise<void> {
    let begun: Begun;
    try {
      const { reference, nonce, shown } = of;
      begun = await flow.resume({ reference, nonce, source: sourceOf(req.socket.remoteAddress), ...shown });
    } catch (error) {
      const explained = explain(error);
      if (explained.code === 'incident') return sendProblem(site, explained, req as Request, res);
      return of.again(problemOf(explained));
    }
    forgetReturn(res);
    holdReset(res, begun.browserToken);
    sendOn(res, `/reset/${begun.reference}`);
  }

  router.get('/reset/resume', (req, res) => {
    const left = flash.take(req, res);
    const page = { reference: left?.kept?.reference, problems: problemLines(left?.problem), notHere: false };
    sendPage(res, 200, resumePage(site, { ...page, submit: tokens.ticket(req, res, '/reset/resume') }));
  });

  router.post('/reset/resume', readForm, async (req, res) => {
    const { reference, digits, by, nonce } = ours(req, sentFields(req, FORMS.resume));
    const again = (problem: Problem): void => {
      flash.leave(res, { path: '/reset/resume', problem, kept: { reference: normaliseReference(reference) ?? reference.slice(0, 64) } });
      sendOn(res, '/reset/resume');
    };
    const codes = by === 'held' ? referenceProblems(reference) : resumeProblems(reference, digits);
    if (codes.length > 0) return again({ codes });
    if (by === 'held') return sendOn(res, `/reset/${normaliseReference(reference)}/return`);
    const shown = { factor: returnMethod(digits) ?? 'totp', value: digits };
    await bring(req, res, { reference, nonce, shown, again });
  });

  router.get('/reset/:reference/return', async (req: OfReset, res) => {
    const reference = normaliseReference(req.params.reference);
    if (reference === undefined) throw new Refusal('not-found');
    const at = `/reset/${reference}/return`;
    if (reference !== req.params.reference) return sendOn(res, at);
    const ways = await flow.waysBack({ reference, returnToken: returnToken(req, res), source: sourceOf(req.socket.remoteAddress) });
    const left = flash.take(req, res);
    sendPage(res, 200, returnPage(site, { reference, ways, submit: tokens.ticket(req, res, at), problems: problemLines(left?.problem) }));
  });

  const byHeld = (res: Response, reference: string, nonce: string) => {
    const at = `/reset/${reference}/return`;
    const again = ({ codes, ...problem }: Problem): void => {
      // The words about codes would lead somebody with a key or card astray.
      flash.leave(res, {
        path: at,
        problem: { ...problem, codes: codes.map((code) => (code === 'resume-refused' ? 'return-refused' : code)) },
      });
      sendOn(res, at);
    };
    return { reference, nonce, again };
  };

  router.post('/reset/:reference/return', readForm, async (req: OfReset, res) => {
    const fields = ours(req, sentFields(req as Request, FORMS.key));
    const of = byHeld(res, req.params.reference, fields.nonce);
    const shown = keyAnswer(fields);
    if ('codes' in shown) return of.again(shown);
    await bring(req, res, { ...of, shown });
  });

  // From the page of the card listener: the ticket opens with the secret in this browser's cookie only.
  router.post('/reset/:reference/return/card', readForm, async (req: OfReset, res) => {
    const { nonce, ticket } = sentFields(req as Request, FORMS.card);
    await bring(req, res, { ...byHeld(res, req.params.reference, nonce), shown: { ticket, returnToken: returnToken(req, res) } });
  });
  // Somebody reloaded it.
  router.get('/reset/:reference/return/card', (req: OfReset, res) => sendOn(res, `/reset/${req.params.reference}/return`));
  return router;
}
