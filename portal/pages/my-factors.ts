import type { FactorChange, OwnApp, OwnFactors } from '#api/own-factors-flow.ts';
import { form, type FormTicket } from '../form.ts';
import { html, type Html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';
import { oneWayPanel } from './reminders.ts';
import { OBJECTED } from './objection.ts';

/** What was done, said on top of the next page. */
export const DONE = {
  'app-added': 'The app is added. It counts from now on.',
  'app-replaced': 'The new app has taken the place of the one before, which counts no more.',
  'key-added': 'The security key is added. You can use it from now on.',
  renamed: 'It has its new name.',
  removed: 'It is removed and counts no more, also not for a password reset that is still under way.',
  frozen: 'It is frozen: it counts nowhere from this moment on. Go to the help desk with an identity document to have it settled.',
  thawed: 'It counts again.',
  ended: 'It has ended for good and counts nowhere any more.',
  objected: OBJECTED,
  vouched: 'You have vouched. The person beside you now types your account name on their screen; your word counts once, for a few minutes.',
  'codes-made': 'Your new recovery codes count from now on. Tear up the old sheet: its codes work no more.',
} as const;
export type FactorDone = keyof typeof DONE;

const CHANGED = {
  'app-added': 'An authenticator app was added',
  'app-removed': 'An authenticator app was removed or replaced',
  'token-given': 'A token was given to you',
  'token-ended': 'A token was given back or reported lost',
  'key-added': 'A security key was registered',
  'key-removed': 'A security key was removed',
  'codes-made': 'New recovery codes were made',
  frozen: 'A factor was frozen',
  thawed: 'A frozen factor counts again, settled at the help desk',
} as const satisfies Record<FactorChange['what'], string>;

interface Page {
  factors: OwnFactors;
  /** Of a replacement that somebody asked for in their name. */
  asked: Html | undefined;
  said: FactorDone | undefined;
  problems: readonly ProblemLine[];
  leave: FormTicket;
}

/** What somebody holds, and what was changed about it lately: whoever did not do that themselves has to see it. */
export function myFactorsPage(site: PortalSite, { factors, asked, said, problems, leave }: Page): string {
  const { apps, tokens, keys, codes, changes } = factors;
  return layout(site, {
    title: 'My factors',
    caption: `Signed in as ${factors.account}`,
    problems,
    main: html` ${said !== undefined && html`<p class="lead panel-good" role="status">${DONE[said]}</p>`} ${asked !== undefined && asked}
      ${factors.oneWayIn && oneWayPanel()} ${changes.length > 0 && changedLately(changes, site)}
      <h2>Authenticator apps</h2>
      ${
        apps.length === 0
          ? html`<p>You have none.</p>`
          : html`<ul class="held">
              ${apps.map(appLine)}
            </ul>`
      }
      <p><a href="/factors/app">Add an app</a></p>
      ${
        tokens.length > 0 &&
        html`<h2>Tokens</h2>
          <ul class="held">
            ${tokens.map(
              (one) =>
                html`<li>
                  <strong>Token ${one.serial}</strong>, yours since ${moment(one.since.toISOString())}.
                  ${one.switchedOff && html`<strong>Switched off after wrong codes: speak to the help desk.</strong>`}
                  <a href="/factors/${one.id}">Report token ${one.serial} lost</a>
                </li>`,
            )}
          </ul>`
      }
      <h2>Security keys</h2>
      ${
        keys.length === 0
          ? html`<p>You have none.</p>`
          : html`<ul class="held">
              ${keys.map(
                (one) =>
                  html`<li>
                    <strong>${one.name}</strong>, registered ${moment(one.addedAt.toISOString())}.
                    ${one.kind === 'synced-passkey' && ONLY_IN_RESETS} ${lastUse(one)} ${frozenSince(one)}
                    <a href="/factors/${one.id}">Rename, remove or freeze ${one.name}</a>
                  </li>`,
              )}
            </ul>`
      }
      <p><a href="/factors/key">Add a security key</a></p>
      <h2>Recovery codes</h2>
      <p>${codesLine(codes)}</p>
      <p><a href="/factors/codes">Make new recovery codes</a></p>
      <h2>Somebody beside you cannot sign in?</h2>
      <p><a href="/factors/vouch">Vouch for a colleague</a></p>
      ${form(leave, html`<button type="submit" class="button button-quiet">Sign out and keep nothing on this computer</button>`)}`,
  });
}

function changedLately(changes: readonly FactorChange[], site: PortalSite): Html {
  return html`<section class="panel" aria-labelledby="changed">
    <h2 id="changed">Changed in the last thirty days</h2>
    <ul>
      ${changes.map(({ what, at }) => html`<li>${CHANGED[what]}: ${moment(at.toISOString())}</li>`)}
    </ul>
    <p>Was an app or a key added that is not yours? Open it below and freeze it. Was anything else not you? Tell ${site.helpDesk} now.</p>
  </section>`;
}

export const nameOf = ({ name }: Pick<OwnApp, 'name'>): string => (name === '' ? 'Authenticator app from the help desk' : name);

function appLine(app: OwnApp): Html {
  return html`<li>
    <strong>${nameOf(app)}</strong>, added ${moment(app.addedAt.toISOString())}. ${lastUse(app)} ${frozenSince(app)}
    ${app.switchedOff && html`<strong>Switched off after too many wrong codes: speak to the help desk.</strong>`}
    <a href="/factors/${app.id}">Rename, replace or remove ${nameOf(app)}</a>
  </li>`;
}

function lastUse({ lastUsedAt, lastUsedFrom }: Pick<OwnApp, 'lastUsedAt' | 'lastUsedFrom'>): Html {
  if (lastUsedAt === undefined) return html`Not used yet.`;
  return html`Last used ${moment(lastUsedAt.toISOString())}${lastUsedFrom !== undefined && html` from the address ${lastUsedFrom}`}.`;
}

function frozenSince({ frozenAt }: Pick<OwnApp, 'frozenAt'>): Html | false {
  return frozenAt !== undefined && html`<strong>Frozen since ${moment(frozenAt.toISOString())}: it counts nowhere.</strong>`;
}

function codesLine({ left, madeAt, lastUsedAt }: OwnFactors['codes']): Html {
  const used = lastUsedAt === undefined ? '' : html` The last one was used ${moment(lastUsedAt.toISOString())}.`;
  if (left === 0) return html`<strong>You have none left.</strong>${used}`;
  return html`You have ${left === 1 ? 'one recovery code' : `${left} recovery codes`}
  left${madeAt !== undefined && html`, made ${moment(madeAt.toISOString())}`}.${used}`;
}

const ONLY_IN_RESETS = 'It can be copied to other devices, so it counts only when you reset your password.';
