import { type Choice, CHOICE_WORDS } from '#domain/asked-words.ts';
import type { Next } from '#domain/next.ts';
import { cancelForm, fieldErrors, form, type FormTicket, leaveForm, submitButton } from '../form.ts';
import { html, type Html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import { signInLimits } from '../sign-in-limits.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';

/** Whoever finds an abandoned computer at this step could go on from it. */
const IDLE_SECONDS = 300;

interface ChooseOperationPage {
  reference: string;
  next: Next;
  /** What limits their sign-in besides the password, in words. */
  signInLimits: readonly string[];
  submit: FormTicket;
  leave: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
}

/** Behind proof and factor only, and only while the account is locked. What the rule does not allow is not offered. */
export function chooseOperationPage(site: PortalSite, page: ChooseOperationPage): string {
  const kinds = (Object.keys(CHOICE_WORDS) as Choice[]).filter((kind) => page.next.choices?.includes(kind)); // the keys of CHOICE_WORDS are exactly Choice
  const onlyUnlock = !kinds.includes('new-password');
  return layout(site, {
    title: 'Your account is locked',
    caption: 'Step 4 of 4',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${page.next.until !== undefined && html`<p>You have until ${moment(page.next.until)}.</p>`} ${signInLimits(page.signInLimits)}
      ${form(
        page.submit,
        onlyUnlock
          ? html`<input type="hidden" name="operation" value="unlock" />${submitButton('Unlock my account')}`
          : html`${choice(kinds, page.problems)} ${submitButton('Continue')}`,
      )}
      ${
        onlyUnlock &&
        html`<p>If you have forgotten your password, unlocking does not help you: a new one is not set here. Go to ${site.helpDesk}.</p>`
      }
      <details>
        <summary>Why is it locked?</summary>
        <p>
          A wrong password was tried too often, by you or by something that still remembers an old one: a phone, a mail program, a mapped
          drive, a second computer. If it was none of yours, tell ${site.helpDesk}.
        </p>
      </details>
      ${leaveForm(page.leave, IDLE_SECONDS)} ${cancelForm(page.cancel)}`,
  });
}

function choice(kinds: readonly Choice[], problems: readonly ProblemLine[]): Html {
  const wrong = problems.filter(({ field }) => field === 'operation');
  return html`<fieldset class="field${wrong.length > 0 && ' field-wrong'}" ${wrong.length > 0 && html` aria-describedby="operation-error"`}>
    <legend>What shall be done?</legend>
    ${wrong.length > 0 && fieldErrors('operation', wrong)}
    ${kinds.map((kind, i) => {
      const id = i === 0 ? 'operation' : `operation-${i + 1}`;
      return html`<div class="radio">
        <input type="radio" id="${id}" name="operation" value="${kind}" aria-describedby="${id}-hint" />
        <label for="${id}">${CHOICE_WORDS[kind].label}</label>
        <p class="hint" id="${id}-hint">${CHOICE_WORDS[kind].hint}</p>
      </div>`;
    })}
  </fieldset>`;
}
