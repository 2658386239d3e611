import { endOf } from '#domain/end-words.ts';
import type { Next } from '#domain/next.ts';
import { form, type FormTicket } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { PortalSite } from '../site.ts';

/** The other end of a reset: what happened, what to do, and whom to ask. */
export function refusedPage(site: PortalSite, page: { reference: string; next: Next; told: string | null; finish: FormTicket }): string {
  const { code, message, oldPassword } = page.next;
  const { title, again, helpDeskSecond: second } = endOf(code, oldPassword === 'ended');
  return layout(site, {
    title,
    reference: page.reference,
    ended: true,
    main: html` <p class="lead panel-stop">${message}</p>
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
