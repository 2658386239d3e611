import { type NextFunction, type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { normaliseReference } from '#domain/codes.ts';
import { refusedNext } from '#domain/next.ts';
import { isRefusalCode, REFUSALS, Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { OwnFactorsFlow } from '#api/own-factors-flow.ts';
import type { Holder, PortalFlow } from '#api/portal-flow.ts';
import { type Explained, problemOf, sendProblem } from './answers.ts';
import { type AssetName, loadAssets, sendAsset } from './assets.ts';
import { forgetEverything, heldToken, holdForFiveMinutesMore, holdReset, isKiosk } from './cookies.ts';
import { factorPages } from './factor-pages.ts';
import { type Flash, flashes } from './flash.ts';
import { formTokens, isFromListener, isSameOrigin } from './form-token.ts';
import { keyAnswer } from './key-answer.ts';
import { sendOn, sendPage } from './headers.ts';
import { kiosk } from './kiosk.ts';
import { resumePage } from './pages/resume.ts';
import { startPage } from './pages/start.ts';
import { type Problem, problemLines } from '#domain/form-problems.ts';
import { FORMS, readForm, sentFields } from './sent-form.ts';
import {
  accountProblems,
  digitsProblems,
  nameProblems,
  newDigitsProblems,
  operationProblems,
  passwordProblems,
  proofProblems,
} from '#domain/form-shape.ts';
import { returnPages } from './return-pages.ts';
import { resetPage } from './show-reset.ts';
import type { PortalSite } from './site.ts';

export interface PortalOptions {
  flow: PortalFlow;
  factors: OwnFactorsFlow;
  /** Where people find the portal, for example https://localhost:8443. */
  origin: string;
  /** Origin of the card listener, whose page sends its form here. */
  cardListener?: string | undefined;
  /** At least 32 bytes, the portal's own: signs forms, and what a redirect carries to the next page. */
  csrfSecret: Uint8Array;
  /** How to reach the help desk, in words that follow "Speak to". */
  helpDesk?: string;
  /** Says what was thrown as a refusal; what nobody expected it logs, and says `incident` with a number. */
  explain: (error: unknown) => Explained;
  /** The source of a request as all limits count it, from the connection's address. */
  sourceOf: (remoteAddress: string | undefined) => string;
}

/** What is shown of a reset that is over, besides how it ended. */
const ENDED = { requestCode: '', passwordRules: [], signInLimits: [], told: null, afterwards: null };

/** Ends that `progress` may throw instead of telling as a step. */
const ENDS: readonly RefusalCode[] = [
  'not-accepted',
  'reset-ended',
  'reset-expired',
  'reset-cancelled',
  'superseded',
  'approval-denied',
  'approval-expired',
  'too-many-passwords',
];

/**
 * The claimant's pages, to be mounted at the root of the site. They answer `/`, `/reset…`, `/factors…` and `/portal/…` and nothing
 * else. Every form of ours is answered by a redirect to a page, also when something is wrong with it, so that reload and
 * Back never send anything twice.
 */
export function createPortalPages({
  flow,
  factors,
  origin,
  cardListener,
  csrfSecret,
  helpDesk = 'the help desk',
  explain,
  sourceOf,
}: PortalOptions): Router {
  const assets = loadAssets();
  const site: PortalSite = {
    origin,
    helpDesk,
    stylesheet: assets['portal.css'].url,
    script: assets['portal.js'].url,
    choosing: assets['choosing.js'].url,
    icon: assets['icon.svg'].url,
  };
  const tokens = formTokens(csrfSecret);
  const flash = flashes(csrfSecret);
  const router = Router({ caseSensitive: true });

  const holderOf = (req: Request<object>, reference: string): Holder => ({
    reference,
    browserToken: heldToken(req),
    source: sourceOf(req.socket.remoteAddress),
  });

  /** The fields of a form of ours. Refuses `form-expired` when this server did not give that form to this browser. */
  function fieldsOf<S extends z.ZodType<{ nonce: string; token: string }>>(req: Request, schema: S): z.infer<S> {
    const fields = sentFields(req, schema);
    if (!tokens.isOurs(req, fields)) throw new Refusal('form-expired');
    return fields;
  }

  router.use((req, _res, next) => {
    const isOurs = isSameOrigin(req, origin) || isFromListener(req, cardListener);
    if (req.method === 'POST' && isPortalPath(req.path) && !isOurs) throw new Refusal('wrong-origin');
    next();
  });

  router.use(kiosk);
  router.get('/', (req, res) => {
    const left = flash.take(req, res);
    sendPage(res, 200, startPage(site, tokens.ticket(req, res, '/reset'), problemLines(left?.problem), left?.kept?.account));
  });

  router.post('/reset', readForm, async (req, res) => {
    const { account: typed, nonce } = fieldsOf(req, FORMS.start);
    const account = typed.trim();
    const again = (problem: Problem, kept: { account?: string }): void => {
      flash.leave(res, { path: '/', problem, kept });
      sendOn(res, '/');
    };
    const codes = accountProblems(account);
    if (codes.length > 0) return again({ codes }, {});
    try {
      const begun = await flow.begin({ account, nonce, source: sourceOf(req.socket.remoteAddress) });
      holdReset(res, begun.browserToken);
      sendOn(res, `/reset/${begun.reference}`);
    } catch (error) {
      const explained = explain(error);
      if (explained.code === 'incident') return sendProblem(site, explained, req, res);
      again(problemOf(explained), { account });
    }
  });

  router.use(returnPages({ flow, site, tokens, flash, explain, sourceOf }));

  router.post('/reset/finish', readForm, (req, res) => {
    fieldsOf(req, FORMS.empty);
    forgetEverything(res);
    sendOn(res, '/');
  });

  router.get('/reset/:reference', async (req, res) => {
    const reference = normaliseReference(req.params.reference);
    if (reference === undefined) throw new Refusal('not-found');
    if (reference !== req.params.reference) return sendOn(res, `/reset/${reference}`);
    const ticketFor = (path: string) => tokens.ticket(req, res, path);
    const progress = await flow.progress(holderOf(req, reference)).catch((error: unknown) => {
      const code = codeOf(error);
      if (code === 'wrong-browser') return undefined;
      if (code !== undefined && ENDS.includes(code))
        return { ...ENDED, reference, next: refusedNext(code, REFUSALS[code].words), since: new Date() };
      throw error;
    });
    // The next person does not even see a reference.
    if (progress === undefined && isKiosk(res)) return sendOn(res, '/');
    if (progress === undefined)
      return sendPage(res, 404, resumePage(site, { reference, problems: [], notHere: true, submit: ticketFor('/reset/resume') }));
    const { step: at, choices } = progress.next;
    const challenge = at === 'factor' && choices?.includes('passkey') ? await flow.challenge(holderOf(req, reference)) : undefined;
    if (progress.next.step === 'done' || progress.next.step === 'refused') holdForFiveMinutesMore(req, res);
    const left = flash.take(req, res);
    const setUp = progress.next.step === 'set-up-factors' ? await newFactorsFor(req, res, reference, left) : undefined;
    const around = { flash: left, showPassword: req.query['show'] === 'password', ticketFor, setUp, challenge };
    sendPage(res, 200, resetPage(site, progress, around));
  });

  /** The form of new factors, the same one again when it came back, with what is made for its number. */
  async function newFactorsFor(req: Request<object>, res: Response, reference: string, left: Flash | undefined) {
    const submit = tokens.ticket(req, res, `/reset/${reference}/new-factors`, left?.kept?.nonce);
    return { submit, shown: await flow.newFactors(holderOf(req, reference), submit.nonce) };
  }

  /** One step's form: judged for its shape here, for everything else by the flow, and answered by the page of the step that is open then. */
  function step<S extends z.ZodType<{ nonce: string; token: string }>>(
    name: string,
    schema: S,
    act: (holder: Holder & { nonce: string }, fields: z.infer<S>) => Problem | Promise<unknown>,
  ): void {
    router.post(`/reset/:reference/${name}`, readForm, async (req: Request<{ reference: string }>, res) => {
      // The ticket of a card is itself what only this browser can have: it opens with the secret in its cookie.
      const fields = name === 'card' ? sentFields(req, schema) : fieldsOf(req, schema);
      const here = `/reset/${req.params.reference}`;
      const kept = {
        ...('proof' in fields && typeof fields.proof === 'string' ? { proof: fields.proof.slice(0, 32) } : {}),
        ...('endOldPassword' in fields && fields.endOldPassword === 'yes' ? { endOldPassword: true as const } : {}),
        ...('newDigits' in fields ? { nonce: fields.nonce } : {}),
        ...('name' in fields && typeof fields.name === 'string' ? { name: fields.name.slice(0, 64) } : {}),
      };
      try {
        const answer = act({ ...holderOf(req, req.params.reference), nonce: fields.nonce }, fields);
        if ('codes' in answer) flash.leave(res, { path: here, problem: answer, kept });
        else {
          const said = await answer;
          if (isProblem(said)) flash.leave(res, { path: here, problem: said, kept });
        }
      } catch (error) {
        const explained = explain(error);
        if (explained.code === 'incident') return sendProblem(site, explained, req, res);
        flash.leave(res, { path: here, problem: problemOf(explained), kept });
      }
      sendOn(res, here);
    });
  }

  step('proof', FORMS.proof, (holder, fields) => {
    const checked = proofProblems(fields.proof, fields);
    return 'codes' in checked ? checked : flow.prove({ ...holder, ...checked });
  });
  step('factor', FORMS.factor, (holder, { digits }) => {
    const codes = digitsProblems(digits);
    return codes.length > 0 ? { codes } : flow.checkFactor({ ...holder, factor: 'totp', value: digits });
  });
  step('lost', FORMS.empty, (holder) => flow.loseFactors(holder));
  step('new-factors', FORMS.newFactors, (holder, { name, newDigits }) => {
    const codes = [...nameProblems(name), ...newDigitsProblems(newDigits)];
    return codes.length > 0 ? { codes } : flow.replaceFactors({ ...holder, of: holder.nonce, name: name.trim(), code: newDigits });
  });
  step('card', FORMS.card, (holder, { ticket }) => flow.checkFactor({ ...holder, factor: 'smart-card', value: ticket }));
  step('key', FORMS.key, (holder, fields) => {
    const answer = keyAnswer(fields);
    if ('codes' in answer) return answer;
    // The words about codes would lead somebody with a key astray.
    return flow.checkKey({ ...holder, ...answer }).catch((error: unknown): Problem => {
      if (codeOf(error) !== 'factor-not-accepted') throw error;
      return { codes: ['key-refused'] };
    });
  });
  step('operation', FORMS.operation, (holder, { operation }) => {
    const checked = operationProblems(operation);
    return 'codes' in checked ? checked : flow.chooseOperation({ ...holder, operation: checked.operation });
  });
  step('password', FORMS.password, (holder, { password, endOldPassword }) => {
    const codes = passwordProblems(password);
    return codes.length > 0 ? { codes } : flow.choosePassword({ ...holder, password, endOldPassword: endOldPassword === 'yes' });
  });
  step('cancel', FORMS.empty, (holder) => flow.cancel(holder));

  // Addresses that only take forms: somebody typed or reloaded one.
  router.get(['/reset', '/reset/finish'], (_req, res) => sendOn(res, '/'));
  router.get('/reset/:reference/:step', (req, res) => {
    const reference = normaliseReference(req.params.reference);
    if (reference === undefined) throw new Refusal('not-found');
    sendOn(res, `/reset/${reference}`);
  });

  router.use(factorPages({ flow: factors, site, tokens, flash, explain, sourceOf }));

  for (const name of Object.keys(assets) as AssetName[]) router.get(`/portal/${name}`, (req, res) => sendAsset(req, res, assets[name])); // the keys are exactly AssetName

  router.use((req: Request, _res: Response, next: NextFunction) => {
    if (!isPortalPath(req.path)) return next();
    throw new Refusal(req.method === 'GET' || req.method === 'HEAD' ? 'not-found' : 'not-allowed-here');
  });
  router.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    sendProblem(site, explain(error), req, res);
  });
  return router;
}

const isPortalPath = (path: string): boolean => path === '/' || /^\/(reset|factors|portal)(\/|$)/i.test(path);

const isProblem = (said: unknown): said is Problem => typeof said === 'object' && said !== null && 'codes' in said;

/** Recognised by its code: errors cross module and process borders, where classes do not compare. */
function codeOf(error: unknown): RefusalCode | undefined {
  return error instanceof Error && 'code' in error && isRefusalCode(error.code) ? error.code : undefined;
}
