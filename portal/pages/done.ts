import type { Next } from '#domain/next.ts';
import type { Afterwards } from '#api/watch-view.ts';
import { form, type FormTicket } from '../form.ts';
import { html, type Html } from '../html.ts';
import { layout } from '../layout.ts';
import { afterwardsPart } from './afterwards.ts';
import { signInLimits } from '../sign-in-limits.ts';
import type { PortalSite } from '../site.ts';

interface DonePage {
  reference: string;
  next: Next;
  /** What limits their sign-in besides the password, in words. */
  signInLimits: readonly string[];
  recoveryCodesLeft: number | undefined;
  /** Whether they have one app, token or key in all. */
  oneWayIn: boolean | undefined;
  /** Who else was told, in words. */
  told: string | null;
  /** Those that remember the old password. */
  devices: readonly { name: string; words: string }[] | undefined;
  afterwards: Afterwards | null;
  finish: FormTicket;
}

/** Any good end: what came of it, who was told, what to do now step by step, and the way out. */
function goodEnd(site: PortalSite, page: DonePage, title: string, { steps, below = '' }: { steps: Html; below?: Html | '' }): string {
  return layout(site, {
    title,
    caption: 'Done',
    reference: page.reference,
    ended: true,
    refreshSeconds: page.afterwards && !page.afterwards.over ? 60 : undefined,
    main: html` <p class="lead panel-good">${page.next.message}</p>
      ${page.told !== null && html`<p>${page.told}</p>`} ${signInLimits(page.signInLimits)} ${afterwardsPart(site, page)}
      <h2>What to do now</h2>
      <ol class="steps">
        ${steps}
      </ol>
      ${below} ${form(page.finish, html`<button type="submit" class="button">Finish and leave nothing on this computer</button>`)}`,
  });
}

/** The good end of an unlock: nothing changed but the lock, and what locked it may still be trying. */
function unlockedPage(site: PortalSite, page: DonePage): string {
  return goodEnd(site, page, 'Your account is unlocked', {
    steps: html`<li><strong>Sign in</strong> with the password that you have.</li>
      <li>
        <strong>If it is locked again soon,</strong> something keeps trying a wrong password: look for a phone, a mail program, a mapped
        drive or a second computer that remembers an old one.
      </li>
      ${onPaper(page)}`,
    below: html`<p>If your password is not accepted, start again and set a new one, or speak to ${site.helpDesk}.</p>
      <p>If it was not you who had this account unlocked, tell ${site.helpDesk} now.</p>`,
  });
}

/** The good end after losing everything: what counts now, and what for. */
function replacedPage(site: PortalSite, page: DonePage): string {
  return goodEnd(site, page, 'Your factors are replaced', {
    steps: html`<li><strong>Keep the sheet</strong> with your new recovery codes where you keep other papers that matter.</li>
      <li>
        <strong>If you need a new password,</strong> <a href="/">start a reset</a> with one of these codes and the digits of your new app.
      </li>
      <li>
        <strong>If your account is one of those that are specially protected,</strong> the new app has to wait before it may serve in a
        reset. The page tells you then.
      </li>
      <li><strong>If you find what you had lost,</strong> throw it away or bring it to ${site.helpDesk}: it counts no more.</li>`,
  });
}

/** The good end. Most calls after a reset come from devices that still hold the old password, so the page is about them. */
export function donePage(site: PortalSite, page: DonePage): string {
  if (page.next.operation === 'unlock') return unlockedPage(site, page);
  if (page.next.operation === 'replace-factors') return replacedPage(site, page);
  return goodEnd(site, page, 'Your password is changed', {
    steps: html`<li>
        <strong>At a computer in the office:</strong> sign in with your new password. If you were signed in already, lock the screen and
        unlock it with the new password.
      </li>
      <li>
        <strong>At a laptop:</strong> it still remembers your old password until it has seen the office network. In the office, lock it and
        unlock it with the new password. Away from the office, sign in as the laptop lets you, connect to the office network (VPN), then
        lock it and unlock it with the new password.
      </li>
      <li>
        <strong>On phones and tablets:</strong> change the password saved for mail, calendar and Wi-Fi straight away. A device that keeps
        trying the old one can lock your account again.
      </li>
      ${onPaper(page)}`,
    below: html`${yourDevices(page)}
      <p>If it was not you who changed this password, tell ${site.helpDesk} now.</p>`,
  });
}

/** Each device that is known to remember the old password, and what became of that. */
function yourDevices({ devices = [] }: DonePage): Html | '' {
  if (devices.length === 0) return '';
  return html`<h2>Your devices</h2>
    <dl class="facts">
      ${devices.map(
        ({ name, words }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${words}</dd>
          </div>`,
      )}
    </dl>`;
}

function onPaper({ recoveryCodesLeft, oneWayIn }: DonePage): Html {
  return html`${oneWayIn === true && html`<li><strong>Before you lose it:</strong> you have one thing only to confirm with. Add a second app or a security key under <a href="/factors">My factors</a>.</li>`}
    <li>
      <strong>On paper:</strong> if you used a recovery code, cross it out. It does not work a second time.
      ${recoveryCodesLeft !== undefined && codesLeft(recoveryCodesLeft)}
    </li>`;
}

/** NIST SP 800-63B-4 §4.2.1.1 asks for a new code after each use. Here a person has several, and is told when they run out. */
function codesLeft(left: number): Html {
  if (left === 0)
    return html`<strong>You have no recovery code left.</strong> Make new ones before you need them, under
      <a href="/factors">My factors</a>.`;
  if (left === 1)
    return html`<strong>You have one recovery code left.</strong> Make new ones before you need them, under
      <a href="/factors">My factors</a>.`;
  return html`You have ${left} recovery codes left. Under <a href="/factors">My factors</a> you can make new ones.`;
}
