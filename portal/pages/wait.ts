import type { Next } from '#domain/next.ts';
import { isArrival, waitedFor, waitTitle, WHY_THE_WAIT } from '#domain/wait-words.ts';
import { cancelForm, type FormTicket, leaveForm } from '../form.ts';
import { html, type Html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';

interface WaitPage {
  reference: string;
  next: Next;
  since: Date;
  leave: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
}

/** Says who is waited for, by role and never by name, and moves on by itself: by events, or by loading again without JavaScript. */
export function waitPage(site: PortalSite, page: WaitPage): string {
  if (page.next.for === 'cooling-off') return coolingOffPage(site, page);
  if (isArrival(page.next.for)) return arrivalPage(site, page);
  return page.next.for === 'directory' ? directoryPage(site, page) : approvalPage(site, page);
}

function approvalPage(site: PortalSite, page: WaitPage): string {
  const role = waitedFor(page.next.for);
  return layout(site, {
    title: waitTitle(page.next),
    caption: page.next.operation === 'replace-factors' ? 'Your new factors' : 'Step 3 of 4 is done',
    problems: page.problems,
    reference: page.reference,
    refreshSeconds: 30,
    main: html` <p class="lead">${page.next.message}</p>
      ${watch(page)}
      <dl class="facts">
        <div>
          <dt>Waiting for</dt>
          <dd>${role}</dd>
        </div>
        ${
          page.next.requestCode !== undefined &&
          html`<div>
            <dt>Your request code</dt>
            <dd><strong>${page.next.requestCode}</strong></dd>
          </div>`
        }
        ${
          page.next.until !== undefined &&
          html`<div>
            <dt>Until</dt>
            <dd>${moment(page.next.until)}</dd>
          </div>`
        }
      </dl>
      <h2>What happens next</h2>
      <ul>
        <li>
          When ${role} ${(page.next.for ?? '').includes(' ') ? 'have' : 'has'} approved, this page moves on by itself. Somebody else may
          have to approve as well; this page then says so.
        </li>
        ${
          page.next.operation === 'replace-factors'
            ? html`<li>
                  After that there is a wait, in which whoever this account belongs to can still stop it. Then you set up a new app.
                </li>
                <li>If nobody decides in time, the reset ends and nothing is changed.</li>`
            : page.next.operation === 'unlock'
              ? html`<li>After that your account is unlocked. Your password stays as it is.</li>
                  <li>If nobody decides in time, the reset ends and your account stays locked.</li>`
              : html`<li>After that you choose your new password.</li>
                  <li>If nobody decides in time, the reset ends and your password stays as it is.</li>`
        }
      </ul>
      <h2>You may leave</h2>
      <p>
        Write down your reference and close this page. To come back, on any computer of the bank, open
        <a href="/reset/resume">${new URL('/reset/resume', site.origin).href}</a> with your reference and
        ${page.next.operation === 'replace-factors' ? 'a fresh code that the help desk issues to you in person' : 'a fresh code from your app or token, or with the security key or smart card that you used here'}.
      </p>
      <p>
        It helps to tell ${role} that you are waiting. Whoever decides may ask you for your request code: their screen shows the same one.
      </p>
      ${leaveForm(page.leave)} ${cancelForm(page.cancel)}`,
  });
}

function coolingOffPage(site: PortalSite, page: WaitPage): string {
  const until = page.next.until === undefined ? 'the end of the wait' : moment(page.next.until);
  return layout(site, {
    title: waitTitle(page.next),
    caption: 'Your new factors',
    problems: page.problems,
    reference: page.reference,
    refreshSeconds: 60,
    main: html` <p class="lead">${page.next.message}</p>
      ${watch(page)}
      <dl class="facts">
        <div>
          <dt>The wait ends</dt>
          <dd><strong>${until}</strong></dd>
        </div>
      </dl>
      <h2>What to do</h2>
      <ol class="steps">
        <li><strong>Write down your reference</strong> and close this page.</li>
        <li><strong>When the wait is over,</strong> go to the help desk with an identity document and ask for a fresh code.</li>
        <li>
          <strong>Then come back,</strong> on any computer of the bank: open
          <a href="/reset/resume">${new URL('/reset/resume', site.origin).href}</a> with your reference and that code, and with your phone.
        </li>
      </ol>
      <p>${WHY_THE_WAIT}</p>
      ${leaveForm(page.leave)} ${cancelForm(page.cancel)}`,
  });
}

function directoryPage(site: PortalSite, page: WaitPage): string {
  const isUnlock = page.next.operation === 'unlock';
  return layout(site, {
    title: waitTitle(page.next),
    caption: 'Step 4 of 4',
    problems: page.problems,
    reference: page.reference,
    refreshSeconds: 3,
    main: html` <p class="lead">${page.next.message}</p>
      ${watch(page)}
      <p>Please keep this page open. It tells you as soon as ${isUnlock ? 'your account is unlocked' : 'your new password works'}.</p>
      ${longer(page)}`,
  });
}

/** Done where it was written. Nothing can go wrong with it any more; half a minute at most until this page says what to do now. */
function arrivalPage(site: PortalSite, page: WaitPage): string {
  return layout(site, {
    title: waitTitle(page.next),
    caption: 'Step 4 of 4',
    problems: page.problems,
    reference: page.reference,
    refreshSeconds: 3,
    main: html` <p class="lead panel-good">${page.next.message}</p>
      ${watch(page)}
      <p>You may already try it. If a computer does not take it yet, wait until this page says that it has arrived.</p>`,
  });
}

/** A controller or a witness may be away for minutes. Whoever waits reads what is true then, and that nothing is asked of them. */
const USUAL_MS = 10_000;

function longer({ since, leave, next }: WaitPage): Html {
  const isUnlock = next.operation === 'unlock';
  const left = since.getTime() + USUAL_MS - Date.now();
  return html`<div role="status">
    <div data-shown-after="${Math.max(left, 0)}" ${left > 0 && html`hidden`}>
      <h2>It takes longer than usual</h2>
      <p>
        You need not do anything: your request is kept and goes on by itself.
        ${isUnlock ? 'Your account is unlocked' : 'Your new password works'} as soon as this page says so, and not before.
      </p>
      <p>
        You may also leave: write down your reference, and later open <a href="/reset/resume">Come back to a reset</a> with it and a fresh
        code from your authenticator app.
        ${!isUnlock && 'After a very long wait you may be asked to choose the password once more; nothing else has to be repeated.'}
      </p>
      ${leaveForm(leave)}
    </div>
  </div>`;
}

/** The script compares what it hears with what this page shows. */
function watch({ reference, next }: WaitPage): Html {
  return html`<div
    class="progress"
    data-watch="/api/v1/portal/resets/${reference}"
    data-shown="${[next.step, next.for, next.until, ''].join(' ')}"
  >
    <span class="pulse" aria-hidden="true"></span>
    <p>This page looks for news by itself.</p>
    <a href="/reset/${reference}">Look now</a>
  </div>`;
}
