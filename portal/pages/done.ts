import {
  BEFORE_YOU_LOSE_IT,
  codesLeftInWords,
  DONE_TITLES,
  MY_FACTORS,
  ON_PAPER,
  STEPS_AFTER,
  THE_HELP_DESK,
  WHERE_ELSE,
} from '#domain/end-words.ts';
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
function goodEnd(site: PortalSite, page: DonePage, { steps, below = '' }: { steps: Html; below?: Html | '' }): string {
  return layout(site, {
    title: DONE_TITLES[page.next.operation ?? 'new-password'],
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
  return goodEnd(site, page, {
    steps: html`${stepsAfter('unlock')} ${onPaper(page)}`,
    below: html`<p>If your password is not accepted, start again and set a new one, or speak to ${site.helpDesk}.</p>
      <p>If it was not you who had this account unlocked, tell ${site.helpDesk} now.</p>`,
  });
}

/** The good end after losing everything: what counts now, and what for. */
function replacedPage(site: PortalSite, page: DonePage): string {
  return goodEnd(site, page, {
    steps: html`${stepsAfter('replace-factors', site.helpDesk)}`,
    below: html`<p><a href="/">Start a reset</a></p>`,
  });
}

/** The good end. Most calls after a reset come from devices that still hold the old password, so the page is about them. */
export function donePage(site: PortalSite, page: DonePage): string {
  if (page.next.operation === 'unlock') return unlockedPage(site, page);
  if (page.next.operation === 'replace-factors') return replacedPage(site, page);
  return goodEnd(site, page, {
    steps: html`${stepsAfter('new-password')}
    ${page.next.oldPassword === 'ended' && html`<li><strong>${WHERE_ELSE.about}</strong> ${WHERE_ELSE.words}</li>`} ${onPaper(page)}`,
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
  return html`${oneWayIn === true && html`<li><strong>${BEFORE_YOU_LOSE_IT.about}</strong> ${withLink(BEFORE_YOU_LOSE_IT.words)}</li>`}
    <li><strong>${ON_PAPER.about}</strong> ${ON_PAPER.words} ${recoveryCodesLeft !== undefined && codesLeft(recoveryCodesLeft)}</li>`;
}

function codesLeft(left: number): Html {
  const words = codesLeftInWords(left);
  if (left > 1) return withLink(words);
  const end = words.indexOf('.') + 1;
  return html`<strong>${words.slice(0, end)}</strong>${withLink(words.slice(end))}`;
}

function withLink(words: string): Html {
  const [before, after] = words.split(MY_FACTORS);
  return html`${before}<a href="/factors">${MY_FACTORS}</a>${after}`;
}

const stepsAfter = (operation: keyof typeof STEPS_AFTER, helpDesk = THE_HELP_DESK) =>
  STEPS_AFTER[operation].map(({ about, words }) => html`<li><strong>${about}</strong> ${words.replace(THE_HELP_DESK, helpDesk)}</li>`);
