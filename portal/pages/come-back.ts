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
    title: 'Your new factors can be set up',
    caption: 'The wait is over',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${page.next.until !== undefined && html`<p>You have until ${moment(page.next.until)}. After that you would have to ask again.</p>`}
      ${form(
        page.submit,
        html`<input type="hidden" name="reference" value="${page.reference}" />
          ${textField({ name: 'digits', label: 'Fresh code from the help desk', hint: 'Given to you in person, after the wait. 16 letters and digits; it works once.', autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, page.problems)}
          ${submitButton('Continue')}`,
      )}
      <p>Have your phone with an authenticator app at hand, and something to print or write on.</p>
      ${leaveForm(page.leave)} ${cancelForm(page.cancel)}`,
  });
}
