import type { KeyChallenge } from '#api/own-keys.ts';
import { form, type FormTicket, submitButton, textField } from '../form.ts';
import { html, type Html } from '../html.ts';
import { keyInstead } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { DONE, type FactorDone } from './my-factors.ts';
import { letterPanel } from './reminders.ts';

/** First step: who knows their password. */
export function factorsSignInPage(
  site: PortalSite,
  page: { submit: FormTicket; problems: readonly ProblemLine[]; account: string | undefined },
): string {
  return layout(site, {
    title: 'Sign in to My factors',
    caption: 'Step 1 of 2',
    problems: page.problems,
    main: html` <p class="lead">
        See and change what you confirm with when you need a new password: your authenticator apps, your security keys and your printed
        recovery codes.
      </p>
      ${form(
        page.submit,
        html` ${textField({ name: 'account', label: 'Your account name', hint: 'The name that you sign in to your computer with.', autocomplete: 'username', value: page.account }, page.problems)}
        ${textField({ name: 'password', label: 'Your password', hint: 'The one that you sign in to your computer with.', type: 'password', autocomplete: 'current-password' }, page.problems)}
        ${submitButton('Continue')}`,
      )}
      <p>Forgotten your password? <a href="/">Set a new one first.</a></p>`,
  });
}

/** Second step: who also holds something. */
export function factorsConfirmPage(
  site: PortalSite,
  page: {
    submit: FormTicket;
    leave: FormTicket;
    asked: Html | undefined;
    /** What was added in their name lately, or is frozen. */
    disputes: Html | undefined;
    /** What a key signs; asked of everybody alike. */
    key: KeyChallenge;
    /** Until when a letter works that was made for them. */
    letter: Date | undefined;
    /** The policy lets some people set up a first app with the password alone; said to everybody alike. */
    alone: boolean;
    problems: readonly ProblemLine[];
    said: FactorDone | undefined;
  },
): string {
  return layout(site, {
    title: 'Confirm that it is you',
    caption: 'Step 2 of 2',
    problems: page.problems,
    main: html` ${page.said === 'app-added' && html`<p class="lead panel-good" role="status">Your app is set up. Wait until it shows its next digits, then sign in with them.</p>`}
      ${page.said !== undefined && page.said !== 'app-added' && html`<p class="lead panel-good" role="status">${DONE[page.said]}</p>`}
      ${page.asked !== undefined && page.asked} ${page.letter !== undefined && letterPanel(page.letter)}
      ${page.disputes !== undefined && page.disputes}
      ${form(
        page.submit,
        html` ${textField({ name: 'digits', label: 'Digits from your app or token', hint: 'Six to eight digits. Digits that you have used already are not taken again: wait for the next ones.', autocomplete: 'one-time-code', inputmode: 'numeric', look: 'digits' }, page.problems)}
        ${submitButton('Continue')} ${keyInstead(page.key)}`,
      )}
      <h2>No app and no token yet?</h2>
      <p>
        If you got a letter with a code, or a code from the help desk, you can
        <a href="/factors/first">set up your first app</a> with it. If you have neither, go to the help desk with an identity document.
      </p>
      ${page.alone && html`<p>You are new and never had one? At some places and hours you can <a href="/factors/first/password">set up your first app with your password</a>.</p>`}
      <details>
        <summary>I have lost my app or token</summary>
        <p>
          Tell the help desk now. If everything that makes codes is lost, <a href="/">start on the first page</a> with a code from the help
          desk and say so where the digits are asked for. Other people then have to approve it.
        </p>
      </details>
      ${form(page.leave, html`<button type="submit" class="button button-quiet">Leave</button>`)}`,
  });
}
