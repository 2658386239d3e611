import { OLD_PASSWORD_PLACES } from '#domain/old-password-places.ts';
import type { Next } from '#domain/next.ts';
import type { Afterwards } from '#api/watch-view.ts';
import { html, type Html } from '../html.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';

/** Whether something still sends an old password: what was found, or that this page tells when it is. Nothing where that is not watched. */
export function afterwardsPart(
  site: PortalSite,
  { reference, next, afterwards }: { reference: string; next: Next; afterwards: Afterwards | null },
): Html | '' {
  if (!afterwards) return '';
  const { found, over } = afterwards;
  if (over) return found === null ? '' : whatWasFound(site, afterwards, found);
  // The script compares what it hears with what this page shows.
  const shown = [next.step, next.for, next.until, found ?? ''].join(' ');
  return html`<div role="status" data-watch="/api/v1/portal/resets/${reference}" data-shown="${shown}">
    ${
      found === null
        ? html`<p>
            For an hour it is watched whether something still sends an old password of yours. If you leave this page open, it tells you.
          </p>`
        : whatWasFound(site, afterwards, found)
    }
  </div>`;
}

function whatWasFound(site: PortalSite, { tries, controllers, since, whence }: Afterwards, found: 'still-tried' | 'locked-again'): Html {
  const names = (isSender: boolean) => whence.filter(({ kind }) => (kind === 'workstation') === isSender).map(({ name }) => name);
  const [sent, known] = [names(true), names(false)] as const;
  return html`<h2>${found === 'locked-again' ? 'Your account was locked again' : 'Something still sends an old password of yours'}</h2>
    <p>
      ${tries > 0 ? html`At least ${tries} wrong ${tries === 1 ? 'password' : 'passwords'} arrived for your account` : html`Wrong passwords locked your account`}${since !== null && html`, seen since ${moment(since)}`}${controllers.length > 0 && html`, at ${controllers.map(({ controller, tries: there }) => `${controller} (${there})`).join(', ')}`}.
      If it was not you mistyping, something keeps an old password and tries it by
      itself${found === 'locked-again' ? '. Find it first; then start again here to have your account unlocked.' : ', and may lock your account.'}
    </p>
    ${sent.length > 0 && html`<p>They were sent from: ${sent.join(', ')}.</p>`}
    ${known.length > 0 && html`<p>Known for your account, and worth a look first: ${known.join(', ')}.</p>`}
    <p>Places where old passwords are kept:</p>
    <ul>
      ${OLD_PASSWORD_PLACES.map((place) => html`<li>${place}</li>`)}
    </ul>
    <p>If you find nothing, speak to ${site.helpDesk}: they see where the tries arrive.</p>`;
}
