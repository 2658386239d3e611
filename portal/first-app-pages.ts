import { randomUUID } from 'node:crypto';
import { CONFIRM, type FactorPages, type FactorSteps } from './factor-steps.ts';
import { sendPage } from './headers.ts';
import { factorAppPage } from './pages/factor-app.ts';
import { FORMS } from './sent-form.ts';
import { currentPasswordProblems, nameProblems, newDigitsProblems } from '#domain/form-shape.ts';

const HERE = '/factors/first/password';

/** The first app of somebody who never had one, with the password alone. Where the policy lets nobody do that, no page leads here, and the verifier refuses it as it refuses everybody. */
export function firstAppPages({ page, step, tokenOf, lines }: FactorSteps, { flow, site, tokens }: FactorPages): void {
  page(HERE, async (req, res, left) => {
    const submit = tokens.ticket(req, res, HERE, left?.kept?.nonce);
    const app = await flow.newApp(tokenOf(req), submit.nonce);
    const none = { replaces: undefined, key: undefined };
    const shown = { app, by: 'password', turn: randomUUID(), name: left?.kept?.name, submit, problems: lines(left), ...none } as const;
    sendPage(res, 200, factorAppPage(site, shown));
  });
  step(
    HERE,
    {
      schema: FORMS.firstByPassword,
      check: ({ name, newDigits, password }) => [
        ...nameProblems(name),
        ...newDigitsProblems(newDigits),
        ...currentPasswordProblems(password),
      ],
      at: () => HERE,
      keepsForm: true,
    },
    async ({ fields: { nonce, turn, name, newDigits, password }, holder }) => {
      await flow.addFirstApp({ ...holder, of: nonce, name: name.trim(), code: newDigits, by: { password, turn } });
      return { to: CONFIRM, said: 'app-added' };
    },
  );
}
