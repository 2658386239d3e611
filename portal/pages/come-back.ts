import { NEW_FACTORS_WORDS, TYPED } from '#domain/asked-words.ts';
import type { Next } from '#domain/next.ts';
import { cancelForm, form, type FormTicket, leaveForm, submitButton, textField } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';

interface ComeBackPage {
  reference: string;
  next: Next;
  submit: FormTicket;
  leave: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
}

/** The wait after losing every factor is over: whoever sits here shows once more who they are, since a day or more has passed. */
export function comeBackPage(site: PortalSite, page: ComeBackPage): string {
  return layout(site, {
    title: NEW_FACTORS_WORDS.ready,
    caption: 'The wait is over',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${page.next.until !== undefined && html`<p>You have until ${moment(page.next.until)}. ${NEW_FACTORS_WORDS.late}</p>`}
      ${form(
        page.submit,
        html`<input type="hidden" name="reference" value="${page.reference}" />
          ${textField({ name: 'digits', ...TYPED.freshCode, autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, page.problems)}
          ${submitButton('Continue')}`,
      )}
      <p>Have your phone with an authenticator app at hand, and something to print or write on.</p>
      ${leaveForm(page.leave)} ${cancelForm(page.cancel)}`,
  });
}
