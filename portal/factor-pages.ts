import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { Refusal } from '#domain/refusals.ts';
import type { ChangeAsked, ConfirmedWith, FactorHolder, OwnFactors } from '#api/own-factors-flow.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { FACTORS_COOKIE, forgetEverything, setCookie } from './cookies.ts';
import { CONFIRM, type FactorPages, factorSteps, SIGN_IN } from './factor-steps.ts';
import type { Flash } from './flash.ts';
import { sendOn, sendPage } from './headers.ts';
import { shownIn, shownProblems } from './key-answer.ts';
import { keyPages } from './key-pages.ts';
import { factorAppPage } from './pages/factor-app.ts';
import { factorAppChangePage, tokenLostPage } from './pages/factor-change.ts';
import { factorCodesPage } from './pages/factor-codes.ts';
import { keyChangePage } from './pages/factor-key.ts';
import { freezePages } from './freeze-pages.ts';
import { factorsConfirmPage, factorsSignInPage } from './pages/factors-sign-in.ts';
import { disputesPanel } from './pages/freeze.ts';
import { firstAppPages } from './first-app-pages.ts';
import { objectionPanel } from './pages/objection.ts';
import { myFactorsPage } from './pages/my-factors.ts';
import { vouchPage } from './pages/vouch.ts';
import { FORMS } from './sent-form.ts';
import {
  digitsProblems,
  nameProblems,
  newDigitsProblems,
  signInProblems,
  ticketProblems,
  ticketShown,
  vouchProblems,
} from '#domain/form-shape.ts';

/** My factors: sign-in in two steps, the list, and a page for each change. Like every form of the portal, each is answered by a redirect. */
export function factorPages(deps: FactorPages): Router {
  const { flow, site, tokens, flash } = deps;
  const router = Router({ caseSensitive: true });
  const steps = factorSteps(router, deps);
  const { page, step, tokenOf, lines } = steps;

  /** What somebody asked for in their name, if anything, with the form that stops it. */
  const askedOf = async (req: Request<object>, res: Response) => {
    const open = await flow.replacement(tokenOf(req));
    return open && objectionPanel(open, tokens.ticket(req, res, '/factors/object'));
  };
  step('/factors/object', { schema: FORMS.empty, check: () => [], at: () => CONFIRM }, async ({ holder }) => {
    await flow.object(holder);
    return { to: (await flow.stage(holder.token)) === 'full' ? '/factors' : CONFIRM, said: 'objected' };
  });

  page('/factors', async (req, res, left) => {
    const factors = await flow.look(tokenOf(req));
    const leave = tokens.ticket(req, res, '/factors/leave');
    const asked = await askedOf(req, res);
    sendPage(res, 200, myFactorsPage(site, { factors, asked, said: left?.said, problems: lines(left), leave }));
  });

  router.get(SIGN_IN, (req, res) => {
    const left = flash.take(req, res);
    const submit = tokens.ticket(req, res, SIGN_IN);
    sendPage(res, 200, factorsSignInPage(site, { submit, problems: lines(left), account: left?.kept?.account }));
  });
  step(
    SIGN_IN,
    { schema: FORMS.signIn, check: ({ account, password }) => signInProblems(account.trim(), password), at: () => SIGN_IN },
    async ({ res, fields, holder }) => {
      const { source, nonce } = holder;
      setCookie(res, FACTORS_COOKIE, await flow.signIn({ account: fields.account.trim(), password: fields.password, source, nonce }));
      return { to: CONFIRM };
    },
  );

  page(CONFIRM, async (req, res, left) => {
    const stage = await flow.stage(tokenOf(req));
    if (stage !== 'password') return sendOn(res, stage === 'full' ? '/factors' : SIGN_IN);
    const forms = { submit: tokens.ticket(req, res, CONFIRM), leave: tokens.ticket(req, res, '/factors/leave') };
    const [asked, letter] = [await askedOf(req, res), await flow.letter(tokenOf(req))];
    const alone = await flow.firstByPassword(tokenOf(req));
    const key = await flow.confirmChallenge(tokenOf(req));
    const disputes = disputesPanel(await flow.disputes(tokenOf(req)));
    sendPage(
      res,
      200,
      factorsConfirmPage(site, { ...forms, asked, letter, alone, disputes, key, problems: lines(left), said: left?.said }),
    );
  });
  step(CONFIRM, { schema: FORMS.shown, check: shownProblems, at: () => CONFIRM }, async ({ res, fields, holder }) => {
    setCookie(res, FACTORS_COOKIE, await flow.confirm({ ...holder, by: shownIn(fields) }));
    return { to: '/factors' };
  });

  step('/factors/leave', { schema: FORMS.empty, check: () => [], at: () => '/factors' }, async ({ res, holder }) => {
    await flow.signOut(holder.token);
    forgetEverything(res);
    return { to: '/' };
  });

  /** What a key of theirs has to sign for this change; nothing for somebody who has none that confirms one. */
  const keyFor = async (req: Request<object>, { keys }: OwnFactors, change: ChangeAsked): Promise<KeyChallenge | undefined> =>
    keys.every(({ kind }) => kind !== 'passkey') ? undefined : flow.changeChallenge(tokenOf(req), change);

  /** The page of a new app, with the same key again when its form came back. */
  const showApp = async (
    req: Request<object>,
    res: Response,
    left: Flash | undefined,
    of: { action: string; by: 'digits' | 'ticket'; replaces?: string },
  ) => {
    const submit = tokens.ticket(req, res, of.action, left?.kept?.nonce);
    const app = await flow.newApp(tokenOf(req), submit.nonce);
    const held = of.by === 'digits' ? await flow.look(tokenOf(req)) : undefined;
    const replaces = held?.apps.find(({ id }) => id === of.replaces);
    if (of.replaces !== undefined && !replaces) throw new Refusal('not-found');
    const key = held && (await keyFor(req, held, { deed: 'app', of: submit.nonce, replaces: of.replaces }));
    sendPage(res, 200, factorAppPage(site, { app, by: of.by, replaces, name: left?.kept?.name, submit, key, problems: lines(left) }));
  };
  const addApp = (holder: FactorHolder, fields: { nonce: string; name: string; newDigits: string }, by: ConfirmedWith, replaces?: string) =>
    flow.addApp({ ...holder, of: fields.nonce, name: fields.name.trim(), code: fields.newDigits, by, replaces });
  const checkApp = ({ name, newDigits, ...shown }: z.infer<typeof FORMS.newApp>) => [
    ...nameProblems(name),
    ...newDigitsProblems(newDigits),
    ...shownProblems(shown),
  ];

  firstAppPages(steps, deps);
  page('/factors/first', (req, res, left) => showApp(req, res, left, { action: '/factors/first', by: 'ticket' }));
  step(
    '/factors/first',
    {
      schema: FORMS.firstApp,
      check: ({ name, newDigits, ticket }) => [...nameProblems(name), ...newDigitsProblems(newDigits), ...ticketProblems(ticket)],
      at: () => '/factors/first',
      keepsForm: true,
    },
    async ({ fields, holder }) => {
      await addApp(holder, fields, ticketShown(fields.ticket));
      return { to: CONFIRM, said: 'app-added' };
    },
  );
  page('/factors/app', (req, res, left) => showApp(req, res, left, { action: '/factors/app', by: 'digits' }));
  step('/factors/app', { schema: FORMS.newApp, check: checkApp, at: () => '/factors/app', keepsForm: true }, async ({ fields, holder }) => {
    await addApp(holder, fields, shownIn(fields));
    return { to: '/factors', said: 'app-added' };
  });

  page('/factors/codes', async (req, res, left) => {
    const submit = tokens.ticket(req, res, '/factors/codes', left?.kept?.nonce);
    const sheet = await flow.newCodes(tokenOf(req), submit.nonce);
    const key = await keyFor(req, await flow.look(tokenOf(req)), { deed: 'recovery-codes', of: submit.nonce });
    sendPage(res, 200, factorCodesPage(site, { ...sheet, submit, key, problems: lines(left) }));
  });
  step(
    '/factors/codes',
    { schema: FORMS.shown, check: shownProblems, at: () => '/factors/codes', keepsForm: true },
    async ({ fields, holder }) => {
      await flow.renewCodes({ ...holder, of: fields.nonce, by: shownIn(fields) });
      return { to: '/factors', said: 'codes-made' };
    },
  );

  page('/factors/vouch', async (req, res, left) => {
    await flow.look(tokenOf(req));
    const submit = tokens.ticket(req, res, '/factors/vouch');
    sendPage(res, 200, vouchPage(site, { submit, problems: lines(left), whom: left?.kept?.whom }));
  });
  step(
    '/factors/vouch',
    {
      schema: FORMS.vouch,
      check: ({ whom, requestCode, digits }) => [...vouchProblems(whom.trim(), requestCode), ...digitsProblems(digits)],
      at: () => '/factors/vouch',
    },
    async ({ fields: { whom, requestCode, digits }, holder }) => {
      await flow.vouch({ ...holder, whom: whom.trim(), requestCode, by: { code: digits } });
      return { to: '/factors', said: 'vouched' };
    },
  );

  keyPages(steps, deps);
  freezePages(steps, deps, keyFor);

  page<{ id: string }>('/factors/:id', async (req, res, left) => {
    const held = await flow.look(tokenOf(req));
    const { apps, tokens: given, keys } = held;
    const here = `/factors/${req.params.id}`;
    const ticket = (path: string) => tokens.ticket(req, res, `${here}/${path}`);
    const [app, token] = [apps.find(({ id }) => id === req.params.id), given.find(({ id }) => id === req.params.id)];
    const key = keys.find(({ id }) => id === req.params.id);
    if (key) {
      const challenge = await flow.keyRemoval(tokenOf(req), key.id);
      return sendPage(
        res,
        200,
        keyChangePage(site, { key, challenge, submit: ticket('key'), rename: ticket('rename'), problems: lines(left) }),
      );
    }
    if (!app && !token) throw new Refusal('not-found');
    const forms = {
      remove: ticket('remove'),
      key: await keyFor(req, held, { deed: 'remove', factor: req.params.id }),
      problems: lines(left),
    };
    if (app) return sendPage(res, 200, factorAppChangePage(site, app, { ...forms, rename: ticket('rename') }));
    if (token) sendPage(res, 200, tokenLostPage(site, token, forms));
  });
  const at = (req: Request<{ id: string }>): string => `/factors/${req.params.id}`;
  step<typeof FORMS.name, { id: string }>(
    '/factors/:id/rename',
    { schema: FORMS.name, check: ({ name }) => nameProblems(name), at },
    async ({ req, fields, holder }) => {
      await flow.rename({ ...holder, factor: req.params.id, name: fields.name.trim() });
      return { to: '/factors', said: 'renamed' };
    },
  );
  step<typeof FORMS.shown, { id: string }>(
    '/factors/:id/remove',
    { schema: FORMS.shown, check: shownProblems, at },
    async ({ req, fields, holder }) => {
      await flow.remove({ ...holder, factor: req.params.id, by: shownIn(fields) });
      return { to: '/factors', said: 'removed' };
    },
  );
  page<{ id: string }>('/factors/:id/replace', (req, res, left) =>
    showApp(req, res, left, { action: `/factors/${req.params.id}/replace`, by: 'digits', replaces: req.params.id }),
  );
  step<typeof FORMS.newApp, { id: string }>(
    '/factors/:id/replace',
    { schema: FORMS.newApp, check: checkApp, at: (req) => `${at(req)}/replace`, keepsForm: true },
    async ({ req, fields, holder }) => {
      await addApp(holder, fields, shownIn(fields), req.params.id);
      return { to: '/factors', said: 'app-replaced' };
    },
  );
  return router;
}
