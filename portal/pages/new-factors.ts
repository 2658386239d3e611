import type { NewFactors } from '#api/portal-flow.ts';
import { NEW_FACTORS_WORDS } from '#domain/asked-words.ts';
import type { Next } from '#domain/next.ts';
import { cancelForm, form, type FormTicket, leaveForm, submitButton } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';
import { newAppFields, scanApp } from './factor-app.ts';
import { codesSheet } from './factor-codes.ts';

/** Whoever finds an abandoned computer at this step could set up their own app. */
const IDLE_SECONDS = 300;

interface NewFactorsPage {
  reference: string;
  next: Next;
  shown: NewFactors;
  name: string | undefined;
  submit: FormTicket;
  leave: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
}

/** A new app and a new sheet of codes on one page. Both count together, when the app has shown that it works, and nothing before. */
export function newFactorsPage(site: PortalSite, page: NewFactorsPage): string {
  const { shown, next, problems } = page;
  return layout(site, {
    title: NEW_FACTORS_WORDS.title,
    caption: 'Last step',
    problems,
    reference: page.reference,
    main: html` <p class="lead no-print">${next.message}</p>
      ${next.until !== undefined && html`<p class="no-print">You have until ${moment(next.until)}.</p>`}
      <div class="no-print">
        <h2>1. Scan this with your new app</h2>
        ${scanApp(shown.app)}
      </div>
      <h2 class="no-print">2. Print this sheet or write the codes down</h2>
      <p class="no-print">${NEW_FACTORS_WORDS.once}</p>
      ${codesSheet(site, shown.account, shown.codes)}
      <div class="no-print">
        <h2>3. Show that the app works, and that you have the codes</h2>
        ${form(page.submit, html`${newAppFields(page.name, problems)} ${submitButton('I have both: let them count')}`)}
        <p>${NEW_FACTORS_WORDS.forGood}</p>
        ${leaveForm(page.leave, IDLE_SECONDS)} ${cancelForm(page.cancel)}
      </div>`,
  });
}
