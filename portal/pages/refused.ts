import type { RefusalCode } from '#domain/refusals.ts';
import { form, type FormTicket } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { PortalSite } from '../site.ts';

const TITLES: Partial<Record<RefusalCode, string>> = {
  'not-accepted': 'We could not confirm that it is you',
  'reset-cancelled': 'This reset is cancelled',
  'reset-expired': 'This reset has expired',
  'replacement-objected': 'This was stopped',
  'approval-denied': 'The request was not approved',
  'approval-expired': 'Nobody decided in time',
  superseded: 'A newer reset has taken over',
  'account-changed': 'Your account was changed meanwhile',
  'account-disabled': 'Your account is disabled',
  'account-expired': 'Your account has ended',
  'smart-card-required': 'Your account needs a smart card',
  'write-unknown': 'We do not know yet whether it worked',
  'no-rule': 'This account cannot be reset here',
  'no-approver': 'Nobody can approve this reset',
  'another-reset': 'Another reset is under way',
  'too-many-passwords': 'Too many passwords were refused',
  'directory-denied': 'The password could not be set',
  'evidence-missing': 'A needed check was not on record',
  'not-identified': 'Your account could not be looked up',
};

/** Where starting again leads to the same end, the page does not offer it. */
const NO_USE_AGAIN: readonly RefusalCode[] = [
  'account-disabled',
  'account-expired',
  'smart-card-required',
  'no-rule',
  'no-approver',
  'another-reset',
  'write-unknown',
  'directory-denied',
  'evidence-missing',
];

/** Where the message itself sends the person somewhere else, the help desk stands second. */
const HELP_DESK_SECOND: readonly RefusalCode[] = [
  'account-expired',
  'no-approver',
  'approval-denied',
  'approval-expired',
  'not-identified',
];

/** The other end of a reset: what happened, what to do, and whom to ask. */
export function refusedPage(
  site: PortalSite,
  page: { reference: string; code: RefusalCode | undefined; message: string; told: string | null; finish: FormTicket },
): string {
  const second = page.code !== undefined && HELP_DESK_SECOND.includes(page.code);
  const again = page.code === undefined || !NO_USE_AGAIN.includes(page.code);
  return layout(site, {
    title: (page.code && TITLES[page.code]) ?? 'This reset has ended',
    reference: page.reference,
    ended: true,
    main: html` <p class="lead panel-stop">${page.message}</p>
      ${page.told !== null && html`<p>${page.told}</p>`}
      <h2>What you can do</h2>
      <ul>
        ${again && html`<li><a href="/">Start a new reset</a>, if you still need one.</li>`}
        <li>
          ${second && 'If that does not help: '}${second ? 'speak' : 'Speak'} to ${site.helpDesk}. Tell them the reference above; in person,
          bring an identity document.
        </li>
      </ul>
      ${form(page.finish, html`<button type="submit" class="button button-quiet">Finish and leave nothing on this computer</button>`)}`,
  });
}
