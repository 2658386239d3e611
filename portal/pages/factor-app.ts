import type { NewAppShown, OwnApp } from '#api/own-factors-flow.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { appKindInWords, NEW_FACTORS_WORDS, TYPED } from '#domain/asked-words.ts';
import { form, type FormTicket, submitButton, textField } from '../form.ts';
import { html, type Html } from '../html.ts';
import { keyInstead } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import { qrCode } from '../qr.ts';
import type { PortalSite } from '../site.ts';
import { nameOf } from './my-factors.ts';

interface Page {
  app: NewAppShown;
  /** With which the person confirms: what they have, or a code from the help desk or a letter. */
  by: 'digits' | 'ticket' | 'password';
  replaces: OwnApp | undefined;
  name: string | undefined;
  /** Of a form with a password: a number of its own each time it is shown. */
  turn?: string;
  submit: FormTicket;
  /** What a key has to sign for it; nothing for somebody who has none. */
  key: KeyChallenge | undefined;
  problems: readonly ProblemLine[];
}

/** A new authenticator app: scan or type, then show that it works. */
export function factorAppPage(site: PortalSite, page: Page): string {
  const { app, by, replaces, problems } = page;
  const title = replaces ? 'Replace an app' : by !== 'digits' ? 'Set up your first app' : 'Add an app';
  return layout(site, {
    title,
    problems,
    main: html` ${replaces && html`<p class="lead">The new app takes the place of <strong>${nameOf(replaces)}</strong>, which then counts no more.</p>`}
      ${by === 'password' && html`<p class="lead">This is for people who are new and never had an app, a token or a key. It works once, and only where and when your bank allows it.</p>`}
      ${by !== 'digits' && html`<p>Please finish this page within five minutes. After that, sign in again and scan the new code.</p>`}
      <h2>1. Scan this with the new app</h2>
      ${scanApp(app)}
      <h2>2. Show that it works</h2>
      ${form(
        page.submit,
        html` ${newAppFields(page.name, problems)} ${confirmField(page)} ${submitButton(replaces ? 'Replace the app' : 'Add the app')}
        ${page.key && keyInstead(page.key)}`,
      )}
      <p><a href="/factors">Go back and change nothing</a></p>`,
  });
}

function confirmField({ by, turn, problems }: Page): Html {
  if (by === 'digits') return digitsField(problems);
  if (by === 'ticket') return ticketField(problems, true);
  return html`<input type="hidden" name="turn" value="${turn}" />
    ${textField({ name: 'password', label: 'Your password, once more', hint: 'The one that you sign in to your computer with.', type: 'password', autocomplete: 'current-password' }, problems)}`;
}

/** The key of a new app, to be scanned or typed. */
export function scanApp(app: NewAppShown): Html {
  return html`${qrCode(app.uri, 'QR code of the key of your new app. The same key stands below as text.')}
    <details>
      <summary>Type the key by hand instead</summary>
      <p>${NEW_FACTORS_WORDS.keyByHand}</p>
      <p class="key">${app.key}</p>
      <p>${appKindInWords(app)}</p>
    </details>
    <p>${NEW_FACTORS_WORDS.secret}</p>`;
}

/** How the new app is called, and what it shows. */
export function newAppFields(name: string | undefined, problems: readonly ProblemLine[]): Html {
  return html`${textField({ name: 'name', ...TYPED.appName, autocomplete: 'off', value: name }, problems)}
  ${textField({ name: 'newDigits', label: NEW_FACTORS_WORDS.newDigits, autocomplete: 'off', inputmode: 'numeric', look: 'digits' }, problems)}`;
}

export function digitsField(problems: readonly ProblemLine[]): Html {
  return textField(
    {
      name: 'digits',
      label: 'Digits from the app or token that you have already',
      hint: 'Digits that you have used already, such as to sign in, are not taken again: wait for the next ones.',
      autocomplete: 'one-time-code',
      inputmode: 'numeric',
      look: 'digits',
    },
    problems,
  );
}

/** The code that somebody was given: in person at the help desk, or `first`, for an app that is their first, also by letter. */
export function ticketField(problems: readonly ProblemLine[], first = false): Html {
  const [label, hint] = first
    ? [
        'Code from the help desk or from your letter',
        'From your letter, 20 letters and digits; or given to you in person at the help desk, 16. It works once.',
      ]
    : ['Code from the help desk', 'Given to you in person. 16 letters and digits; it works once.'];
  return textField({ name: 'ticket', label, hint, autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, problems);
}
