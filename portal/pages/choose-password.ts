import type { JudgedAsTyped } from '#api/password-check.ts';
import { CANCEL_WORDS, END_OLD_PASSWORD, RULES_TITLE, TYPED } from '#domain/asked-words.ts';
import type { Next } from '#domain/next.ts';
import { cancelForm, checkBox, form, type FormTicket, leaveForm, submitButton, textField } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import { signInLimits } from '../sign-in-limits.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';

/** Whoever finds an abandoned computer at this step could choose the password. */
const IDLE_SECONDS = 300;

interface ChoosePasswordPage {
  reference: string;
  next: Next;
  rules: readonly string[];
  /** What limits their sign-in besides the password, in words. */
  signInLimits: readonly string[];
  /** What the page's script judges while somebody types (assets/choosing.js). */
  judged: JudgedAsTyped | undefined;
  submit: FormTicket;
  leave: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
  /** Whether the box was ticked when the last choice was refused. */
  endsOld: boolean;
  /** Without JavaScript, a link loads the page again with a field that shows what is typed. */
  shown: boolean;
}

/** One field and no second one to compare with: people see what they type instead. What was typed is never sent back. */
export function choosePasswordPage(site: PortalSite, page: ChoosePasswordPage): string {
  const here = `/reset/${page.reference}`;
  const isOldDead = page.next.oldPassword === 'ended';
  return layout(site, {
    title: 'Choose your new password',
    caption: 'Step 4 of 4',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${page.next.until !== undefined && html`<p>You have until ${moment(page.next.until)}.</p>`}
      ${page.judged && html`<script type="module" src="${site.choosing}"></script>`}
      <div class="rules" id="password-rules" ${page.judged && html`data-judged="${JSON.stringify(page.judged)}"`}>
        <h2>${RULES_TITLE}</h2>
        <ul>
          ${page.rules.map((rule) => html`<li>${rule}</li>`)}
        </ul>
      </div>
      ${form(
        page.submit,
        html` ${textField({ name: 'password', ...TYPED.password, type: page.shown ? 'text' : 'password', autocomplete: 'new-password', describedBy: ['password-rules'] }, page.problems)}
          <noscript
            ><p>
              ${page.shown ? html`<a href="${here}#password">Hide what I type</a>` : html`<a href="${here}?show=password#password">Show what I type</a>`}
            </p></noscript
          >
          ${!isOldDead && checkBox({ name: 'endOldPassword', ...END_OLD_PASSWORD, isTicked: page.endsOld })}
          ${submitButton('Set my new password')}`,
      )}
      ${signInLimits(page.signInLimits)}
      <p>Next the password is set in the directory and tried out. That takes a few seconds; then you can sign in.</p>
      ${leaveForm(page.leave, IDLE_SECONDS)} ${cancelForm(page.cancel, isOldDead ? CANCEL_WORDS.hintWhenEnded : CANCEL_WORDS.hint)}`,
  });
}
