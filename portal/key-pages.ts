import { Refusal } from '#domain/refusals.ts';
import type { FactorPages, FactorSteps } from './factor-steps.ts';
import { sendPage } from './headers.ts';
import { keyAnswer, newKeyAnswer } from './key-answer.ts';
import { newKeyPage } from './pages/factor-key.ts';
import { FORMS } from './sent-form.ts';
import { digitsProblems, nameProblems, recoveryCodeProblems } from '#domain/form-shape.ts';

/** Under My factors, what is done about security keys; the page of one key is beside those of other factors. */
export function keyPages({ page, step, tokenOf, lines }: FactorSteps, { flow, site, tokens }: FactorPages): void {
  page('/factors/key', async (req, res, left) => {
    const asked = await flow.newKey(tokenOf(req));
    sendPage(
      res,
      200,
      newKeyPage(site, { asked, name: left?.kept?.name, submit: tokens.ticket(req, res, '/factors/key'), problems: lines(left) }),
    );
  });
  step(
    '/factors/key',
    {
      schema: FORMS.newKey,
      check: ({ name, digits, recoveryCode, ...sent }) => [
        ...nameProblems(name),
        ...digitsProblems(digits),
        ...recoveryCodeProblems(recoveryCode),
        ...(newKeyAnswer(sent) ? [] : (['new-key-missing'] as const)),
      ],
      at: () => '/factors/key',
    },
    async ({ fields, holder }) => {
      const { name, digits: totp, recoveryCode } = fields;
      const answer = newKeyAnswer(fields);
      if (!answer) throw new Refusal('bad-request');
      await flow.addKey({ ...holder, ...answer, name: name.trim(), by: { totp, recoveryCode } });
      return { to: '/factors', said: 'key-added' };
    },
  );
  step<typeof FORMS.key, { id: string }>(
    '/factors/:id/key',
    {
      schema: FORMS.key,
      check: (fields) => ('codes' in keyAnswer(fields) ? ['key-missing'] : []),
      at: (req) => `/factors/${req.params.id}`,
    },
    async ({ req, fields, holder }) => {
      const answer = keyAnswer(fields);
      if ('codes' in answer) throw new Refusal('bad-request');
      await flow.removeKey({ ...holder, ...answer, key: req.params.id });
      return { to: '/factors', said: 'removed' };
    },
  );
}
