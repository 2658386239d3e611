import type { Request, Response } from 'express';
import { Refusal } from '#domain/refusals.ts';
import type { ChangeAsked, OwnFactors } from '#api/own-factors-flow.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { CONFIRM, type FactorPages, type FactorSteps } from './factor-steps.ts';
import { sendPage } from './headers.ts';
import { shownIn, shownProblems } from './key-answer.ts';
import { freezePage, settlePage } from './pages/freeze.ts';
import { type FactorDone, nameOf } from './pages/my-factors.ts';
import { FORMS } from './sent-form.ts';
import { ticketProblems } from '#domain/form-shape.ts';

/** Under My factors, how an app or a key is frozen and settled: what was added in somebody's name by their password alone, everything else behind the second step. */
export function freezePages(
  { page, step, tokenOf, lines }: FactorSteps,
  { flow, site, tokens }: FactorPages,
  keyFor: (req: Request<object>, held: OwnFactors, change: ChangeAsked) => Promise<KeyChallenge | undefined>,
): void {
  type Of = { id: string };
  const here = (req: Request<Of>): string => `/factors/${req.params.id}/freeze`;
  /** What there is to say about it; everything of it only behind the second step. */
  const found = async (req: Request<Of>) => {
    const { id } = req.params;
    const dispute = (await flow.disputes(tokenOf(req))).find((one) => one.id === id);
    const held = (await flow.stage(tokenOf(req))) === 'full' || !dispute ? await flow.look(tokenOf(req)) : undefined;
    const app = held?.apps.find((one) => one.id === id);
    const name = app ? nameOf(app) : held?.keys.find((one) => one.id === id)?.name;
    if (!dispute && name === undefined) throw new Refusal('not-found');
    return { dispute, held, name };
  };
  const ends = async (req: Request<Of>, said: FactorDone) => ({
    to: (await flow.stage(tokenOf(req))) === 'full' ? '/factors' : CONFIRM,
    said,
  });

  page<Of>('/factors/:id/freeze', async (req, res: Response, left) => {
    const { dispute, held, name } = await found(req);
    const problems = lines(left);
    const submit = (path: string) => tokens.ticket(req, res, `/factors/${req.params.id}/${path}`);
    if (dispute?.frozenAt)
      return sendPage(res, 200, settlePage(site, { name, frozenAt: dispute.frozenAt, submit: submit('settle'), problems }));
    const object = dispute?.isOpenToObjection ? submit('object') : undefined;
    const lost = held && { submit: submit('freeze'), key: await keyFor(req, held, { deed: 'freeze', factor: req.params.id }) };
    sendPage(res, 200, freezePage(site, { name, object, lost, problems }));
  });
  step<typeof FORMS.empty, Of>('/factors/:id/object', { schema: FORMS.empty, check: () => [], at: here }, async ({ req, holder }) => {
    await flow.freeze({ ...holder, factor: req.params.id });
    return ends(req, 'frozen');
  });
  step<typeof FORMS.shown, Of>(
    '/factors/:id/freeze',
    { schema: FORMS.shown, check: shownProblems, at: here },
    async ({ req, fields, holder }) => {
      await flow.freeze({ ...holder, factor: req.params.id, by: shownIn(fields) });
      return ends(req, 'frozen');
    },
  );
  step<typeof FORMS.settle, Of>(
    '/factors/:id/settle',
    { schema: FORMS.settle, check: ({ ticket }) => ticketProblems(ticket), at: here },
    async ({ req, fields: { ticket, verdict }, holder }) => {
      await flow.settle({ ...holder, factor: req.params.id, theirs: verdict === 'mine', issuedCode: ticket });
      return ends(req, verdict === 'mine' ? 'thawed' : 'ended');
    },
  );
}
