import type { OwnApp, OwnFactors } from '#api/own-factors-flow.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { form, type FormTicket, textField } from '../form.ts';
import { html } from '../html.ts';
import { keyInstead } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { digitsField } from './factor-app.ts';
import { freezeLink } from './freeze.ts';
import { nameOf } from './my-factors.ts';

interface Forms {
  rename: FormTicket;
  remove: FormTicket;
  /** What a key has to sign for the end of it. */
  key: KeyChallenge | undefined;
  problems: readonly ProblemLine[];
}

/** One app: its name, another in its place, its end. */
export function factorAppChangePage(site: PortalSite, app: OwnApp, { rename, remove, key, problems }: Forms): string {
  return layout(site, {
    title: nameOf(app),
    caption: 'My factors',
    problems,
    main: html` <h2>Rename</h2>
      ${form(rename, html` ${textField({ name: 'name', label: 'A name for the app', autocomplete: 'off', value: app.name }, problems)} <button type="submit" class="button button-quiet">Rename</button>`)}
      <h2>Replace</h2>
      <p>
        You have a new phone and still have the old one? <a href="/factors/${app.id}/replace">Put a new app in the place of this one.</a>
      </p>
      <h2>Remove</h2>
      <p>It counts no more from that moment, also not for a password reset that is still under way.</p>
      ${form(remove, html`${digitsField(problems)} <button type="submit" class="button button-quiet">Remove ${nameOf(app)}</button> ${key && keyInstead(key)}`)}
      ${freezeLink(app)}
      <p><a href="/factors">Back to My factors</a></p>`,
  });
}

/** A hardware token that its holder cannot find. */
export function tokenLostPage(
  site: PortalSite,
  token: OwnFactors['tokens'][number],
  { remove, key, problems }: Omit<Forms, 'rename'>,
): string {
  return layout(site, {
    title: `Report token ${token.serial} lost`,
    caption: 'My factors',
    problems,
    main: html` <p class="lead">It counts no more from that moment. The help desk can give you another one.</p>
      ${form(remove, html`${digitsField(problems)} <button type="submit" class="button">It is lost</button> ${key && keyInstead(key)}`)}
      <p><a href="/factors">Back to My factors</a></p>`,
  });
}
