import type { RefusalCode } from '#domain/refusals.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import { wordsOf } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';

const TITLES: Partial<Record<RefusalCode, string>> = {
  'not-found': 'Page not found',
  'form-expired': 'This form has expired',
  'too-many-requests': 'Please wait a moment',
  'site-busy': 'The site is very busy',
  'service-unavailable': 'The service does not answer just now',
  incident: 'Something went wrong here',
};

interface ProblemPage {
  code: RefusalCode;
  /** Where the person was, to go on from there. */
  back: string;
  /** Number under which the help desk finds an incident. */
  incident?: string | undefined;
}

/** For everything that has no form to come back to. Nothing that was typed is in it. */
export function problemPage(site: PortalSite, page: ProblemPage): string {
  return layout(site, {
    title: TITLES[page.code] ?? 'That did not work',
    main: html` <p class="lead panel-stop">${wordsOf(page.code)}</p>
      ${page.incident !== undefined && html`<p>Number for the help desk: <strong class="code">${page.incident}</strong></p>`}
      <p><a class="button" href="${page.back}">${page.back === '/' ? 'Go to the first page' : 'Load the page again'}</a></p>`,
  });
}
