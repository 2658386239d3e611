import type { Next } from '#domain/next.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import type { NewFactors, PortalProgress } from '#api/portal-flow.ts';
import type { Flash } from './flash.ts';
import type { FormTicket } from './form.ts';
import { chooseOperationPage } from './pages/choose-operation.ts';
import { choosePasswordPage } from './pages/choose-password.ts';
import { comeBackPage } from './pages/come-back.ts';
import { donePage } from './pages/done.ts';
import { factorPage } from './pages/factor.ts';
import { newFactorsPage } from './pages/new-factors.ts';
import { provePage } from './pages/prove.ts';
import { refusedPage } from './pages/refused.ts';
import { waitPage } from './pages/wait.ts';
import { problemLines } from '#domain/form-problems.ts';
import type { PortalSite } from './site.ts';

interface Around {
  flash: Flash | undefined;
  /** Without JavaScript: whether the password is shown while it is typed. */
  showPassword: boolean;
  ticketFor: (path: string) => FormTicket;
  /** After losing every factor, once the claimant is back: the form, and what was made for its number. */
  setUp: { submit: FormTicket; shown: NewFactors } | undefined;
  /** While a factor is asked for that a key can be. */
  challenge: KeyChallenge | undefined;
}

/** The page of the step that is open now. One address for all steps: whatever was on the screen before, this is what can be done. */
export function resetPage(
  site: PortalSite,
  {
    reference,
    next,
    requestCode,
    since,
    passwordRules,
    passwordJudged,
    signInLimits,
    cardAddress,
    recoveryCodesLeft,
    oneWayIn,
    told,
    devices,
    afterwards,
  }: Omit<PortalProgress, 'state'>,
  around: Around,
): string {
  const { flash, ticketFor, challenge } = around;
  const here = `/reset/${reference}`;
  const problems = problemLines(flash?.problem ?? problemOf(next));
  const page = { reference, next, problems };
  const pages: Record<Next['step'], () => string> = {
    prove: () =>
      provePage(site, {
        ...page,
        requestCode,
        submit: ticketFor(`${here}/proof`),
        cancel: ticketFor(`${here}/cancel`),
        chosen: flash?.kept?.proof,
      }),
    factor: () => {
      const forms = { submit: ticketFor(`${here}/factor`), lost: ticketFor(`${here}/lost`), cancel: ticketFor(`${here}/cancel`) };
      const key = challenge && { submit: ticketFor(`${here}/key`), challenge };
      return factorPage(site, { ...page, ...forms, cardAddress, key });
    },
    wait: () => waitPage(site, { ...page, since, leave: ticketFor('/reset/finish'), cancel: ticketFor(`${here}/cancel`) }),
    'choose-operation': () => {
      const forms = { submit: ticketFor(`${here}/operation`), leave: ticketFor('/reset/finish'), cancel: ticketFor(`${here}/cancel`) };
      return chooseOperationPage(site, { ...page, ...forms, signInLimits });
    },
    'choose-password': () => {
      const forms = { submit: ticketFor(`${here}/password`), leave: ticketFor('/reset/finish'), cancel: ticketFor(`${here}/cancel`) };
      const rules = { rules: passwordRules, judged: passwordJudged, signInLimits };
      const endsOld = flash?.kept?.endOldPassword === true;
      return choosePasswordPage(site, { ...page, ...forms, ...rules, endsOld, shown: around.showPassword });
    },
    'come-back': () => {
      const forms = { submit: ticketFor('/reset/resume'), leave: ticketFor('/reset/finish'), cancel: ticketFor(`${here}/cancel`) };
      return comeBackPage(site, { ...page, ...forms });
    },
    'set-up-factors': () => {
      if (!around.setUp) throw new Error('the page of new factors is shown with what was made for it');
      const forms = { leave: ticketFor('/reset/finish'), cancel: ticketFor(`${here}/cancel`) };
      return newFactorsPage(site, { ...page, ...around.setUp, ...forms, name: flash?.kept?.name });
    },
    done: () => {
      const known = { signInLimits, recoveryCodesLeft, oneWayIn, told, afterwards, devices };
      return donePage(site, { reference, next, ...known, finish: ticketFor('/reset/finish') });
    },
    refused: () => refusedPage(site, { reference, next, told, finish: ticketFor('/reset/finish') }),
  };
  return pages[next.step]();
}

/** The directory refuses a password only when it is written, long after the form was answered: then the step itself says why. */
function problemOf(next: Next): { codes: readonly ['password-refused'] | readonly []; reasons?: NonNullable<Next['reasons']> } {
  return next.reasons !== undefined && next.reasons.length > 0 ? { codes: ['password-refused'], reasons: next.reasons } : { codes: [] };
}
