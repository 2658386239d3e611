import type { NewKeyAsked, OwnFactors } from '#api/own-factors-flow.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { form, type FormTicket, textField } from '../form.ts';
import { html } from '../html.ts';
import { keyForm } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { freezeLink } from './freeze.ts';

interface NewKeyPage {
  asked: NewKeyAsked;
  name: string | undefined;
  submit: FormTicket;
  problems: readonly ProblemLine[];
}

/** A new security key: it is confirmed by an app and a recovery code together, since it will be worth more than either. */
export function newKeyPage(site: PortalSite, { asked, name, submit, problems }: NewKeyPage): string {
  return layout(site, {
    title: 'Add a security key',
    caption: 'My factors',
    problems,
    main: html` <p class="lead">
        A security key confirms that it is you by a touch and its PIN or your fingerprint. Nobody can copy it or trick you out of it.
      </p>
      <p>
        Have ready: the key, digits from your app, and one of your printed recovery codes, which is used up. Please finish this page within
        five minutes.
      </p>
      ${keyForm(submit, {
        ceremony: asked.ceremony,
        asked: { create: asked.creation },
        button: 'Add this key',
        content: html` ${textField({ name: 'name', label: 'A name for the key', hint: 'So that you know it again, such as “blue key on my ring”.', autocomplete: 'off', value: name }, problems)}
        ${textField({ name: 'digits', label: 'Digits from your app', autocomplete: 'one-time-code', inputmode: 'numeric', look: 'digits' }, problems)}
        ${textField({ name: 'recoveryCode', label: 'A printed recovery code', hint: 'It works once, so cross it out afterwards.', autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, problems)}`,
      })}
      <p><a href="/factors">Go back and change nothing</a></p>`,
  });
}

interface KeyChangePage {
  key: OwnFactors['keys'][number];
  challenge: KeyChallenge;
  submit: FormTicket;
  rename: FormTicket;
  problems: readonly ProblemLine[];
}

/** One key: its name, and its end, which is confirmed with it or with another one. */
export function keyChangePage(site: PortalSite, { key, challenge, submit, rename, problems }: KeyChangePage): string {
  const { ceremony, ...asked } = challenge;
  return layout(site, {
    title: key.name,
    caption: 'My factors',
    problems,
    main: html` <h2>Rename</h2>
      ${form(rename, html` ${textField({ name: 'name', label: 'A name for the key', autocomplete: 'off', value: key.name }, problems)} <button type="submit" class="button button-quiet">Rename</button>`)}
      <h2>Remove</h2>
      <p>It counts no more from that moment, also not for a password reset that is still under way.</p>
      <p>Confirm with this key, or with another one that you have.</p>
      ${keyForm(submit, { ceremony, asked: { get: asked }, button: `Remove ${key.name}` })} ${freezeLink(key)}
      <p><a href="/factors">Back to My factors</a></p>`,
  });
}
