import { KEEP_REFERENCE } from '#domain/asked-words.ts';
import { html, type Html } from './html.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from './site.ts';

export interface Page {
  /** The heading; with `Error: ` in front when there is a problem, also the title of the window. */
  title: string;
  /** Small line above the heading, such as "Step 2 of 4". */
  caption?: string | undefined;
  problems?: readonly ProblemLine[] | undefined;
  /** Shown on top of every page that belongs to a reset. */
  reference?: string | undefined;
  /** Set on the last page, where nothing is left to come back to. */
  ended?: boolean;
  /** Seconds after which a browser without JavaScript loads the page again. */
  refreshSeconds?: number | undefined;
  main: Html;
}

/** One whole document. Everything that it loads is ours and external: the policy of `headers.ts` allows nothing else. */
export function layout(site: PortalSite, page: Page): string {
  const problems = page.problems ?? [];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${problems.length > 0 && 'Error: '}${page.title} – Password reset</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="${site.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${site.stylesheet}" />
        <script src="${site.script}" defer></script>
        ${page.refreshSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${page.refreshSeconds}" /></noscript>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the main content</a>
        <header class="masthead">
          <div class="frame">
            <a class="brand" href="/"><span class="mark" aria-hidden="true"></span>Countersign</a>
            <span class="service">Password reset</span>
          </div>
        </header>
        <div class="frame">
          <main id="main" tabindex="-1">
            ${problems.length > 0 && errorSummary(problems)} ${page.caption !== undefined && html`<p class="caption">${page.caption}</p>`}
            <h1>${page.title}</h1>
            ${page.reference !== undefined && referenceStrip(page.reference, page.ended ?? false)} ${page.main}
          </main>
        </div>
        <footer class="footer">
          <div class="frame">
            <p>Need help? Speak to ${site.helpDesk}. Nobody from the help desk will ever ask for your password.</p>
          </div>
        </footer>
      </body>
    </html> `.markup;
}

/** `autofocus` moves the focus here without JavaScript too; `role="alert"` has it read out where focus alone does not. */
function errorSummary(problems: readonly ProblemLine[]): Html {
  return html`<div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="problem-title">
    <h2 id="problem-title">There is a problem</h2>
    <ul>
      ${problems.map(({ words, field }) => html`<li>${field === undefined ? words : html`<a href="#${field}">${words}</a>`}</li>`)}
    </ul>
  </div>`;
}

function referenceStrip(reference: string, ended: boolean): Html {
  return html`<div class="reference">
    <p>Your reference <strong class="reference-code">${reference}</strong></p>
    <p class="hint">${ended ? 'The help desk can find this reset by it.' : KEEP_REFERENCE}</p>
  </div>`;
}
